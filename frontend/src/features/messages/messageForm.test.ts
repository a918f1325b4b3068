import { expect, test } from 'vitest';

import type { Template } from '@/api/types';
import { sketch, toForm, toMessage } from '@/features/messages/messageForm';
import { message } from '@/test/things';

const slot = (path: string) => ({ path, section: 'body' as const, kind: 'text', required: true });
const template = { id: 't1', slots: [slot('body.1'), slot('buttons.0.1')] } as Template;

test('a template message survives the way through the form', () => {
  const parameters = { body: { '1': '{{ name }}' }, buttons: { '0': { '1': 'week' } } };
  const stored = message({ kind: 'template', template: { template_id: 't1', parameters } });
  expect(toMessage(toForm(stored), template)).toEqual({
    title: 'Weekly offer',
    kind: 'template',
    template: { template_id: 't1', parameters },
  });
});

test('values of another template are not sent', () => {
  const form = {
    ...toForm(),
    kind: 'template' as const,
    slots: { 'body/1': 'a', 'body/9': 'b', 'buttons/0/1': undefined },
  };
  expect(toMessage(form, template).template?.parameters).toEqual({ body: { '1': 'a' } });
});

test('a sketch shows the value, else the fallback, else the hole', () => {
  const text = '{{ name | default: "there" }} {{ attributes.city }}';
  expect(sketch(text, { name: 'Ana' })).toBe('Ana {{ attributes.city }}');
  expect(sketch(text, { 'attributes.city': 'Puebla' })).toBe('there Puebla');
});
