import { expect, test } from 'vitest';

import { fill, flatten, nest } from '@/entities/template/slots';
import { valuesOf } from '@/entities/template/templatePhone';

test('slot paths become nested parameters and back', () => {
  const values = { 'header.1': 'a', 'body.1': 'b', 'body.city': 'c', 'buttons.0.1': 'd' };
  expect(nest(values)).toEqual({
    header: { '1': 'a' },
    body: { '1': 'b', city: 'c' },
    buttons: { '0': { '1': 'd' } },
  });
  expect(flatten(nest(values))).toEqual(values);
});

test('a slot without a value stays visible', () => {
  expect(fill('Hi {{1}}, {{ 2 }}', 'body', { 'body.1': 'Ana', 'body.2': ' ' })).toBe(
    'Hi Ana, {{ 2 }}',
  );
});

test('the values of a request, numbered or named', () => {
  const components = [
    { type: 'header', parameters: [{ type: 'text', text: 'Puebla' }] },
    { type: 'body', parameters: [{ text: 'Ana', parameter_name: 'name' }, { text: 'two' }] },
  ];
  expect(valuesOf({ template: { components } })).toEqual({
    'header.1': 'Puebla',
    'body.name': 'Ana',
    'body.2': 'two',
  });
  expect(valuesOf(null)).toEqual({});
});
