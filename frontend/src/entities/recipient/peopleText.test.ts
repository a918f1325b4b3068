import { describe, expect, test } from 'vitest';

import { guessTargets, parsePeople, toRecipient } from '@/entities/recipient/peopleText';

describe('reading people', () => {
  test('a spreadsheet’s CSV with a header in Spanish', () => {
    const table = parsePeople(
      '\uFEFFNombre;Móvil;Ciudad natal\nMarta Ruiz;+52 55 5555 0101;Puebla\n',
    );
    const targets = guessTargets(table);
    expect(targets).toEqual(['name', 'phone', 'attributes']);
    expect(table.rows.map((row) => toRecipient(row, table.headers, targets))).toEqual([
      { name: 'Marta Ruiz', phone: '+52 55 5555 0101', attributes: { ciudad_natal: 'Puebla' } },
    ]);
  });

  test('pasted lines without a header, the number first', () => {
    const table = parsePeople('+34 600 000 001, Ana\n+34 600 000 002, Luis');
    expect(guessTargets(table)).toEqual(['phone', 'name']);
    expect(table.rows).toHaveLength(2);
  });

  test.each([
    ['the number first, last, alone', '+34600000001, Ana\nLuis, +34600000002\n+34600000003'],
    ['a line without a name first', '+34600000003\n+34600000001, Ana\nLuis, +34600000002'],
    ['most with the number last', 'Ana, +34600000001\nLuis, +34600000002\n+34600000003'],
    ['signs of each line’s own', 'Ana; +34600000001\nLuis, +34600000002\n+34600000003'],
    ['no sign between them', 'Ana +34600000001\n+34600000002 Luis\n+34600000003'],
    ['signs around the number', 'Ana <+34600000001>\nLuis: (+34600000002)\n+34600000003'],
  ])('lines of mixed shape: %s', (_, text) => {
    const table = parsePeople(text);
    const targets = guessTargets(table);
    const people = table.rows.map((row) => toRecipient(row, table.headers, targets));
    expect(people.toSorted((a, b) => (a.phone ?? '').localeCompare(b.phone ?? ''))).toEqual([
      { name: 'Ana', phone: '+34600000001' },
      { name: 'Luis', phone: '+34600000002' },
      { phone: '+34600000003' },
    ]);
  });

  test('a line without a number keeps its place, so that it can be named', () => {
    const table = parsePeople('+34600000001, Ana\nLuis\n+34600000003, Eva');
    expect(table.rows[1]).toEqual(['Luis', '']);
  });

  test('the column of numbers with a +, not that of long customer numbers', () => {
    const table = parsePeople('10000001, Ana, +34600000001\n10000002, Luis, +34600000002');
    expect(guessTargets(table)[2]).toBe('phone');
  });

  test('numbers alone', () => {
    const table = parsePeople('+34600000001\n\n+34600000002');
    expect(guessTargets(table)).toEqual(['phone']);
    expect(table.rows).toHaveLength(2);
  });

  test('quoted cells keep their commas, empty ones are left out', () => {
    const table = parsePeople('name,phone,city\n"Ruiz, Marta",+525555550101,');
    const targets = guessTargets(table);
    expect(toRecipient(table.rows[0] ?? [], table.headers, targets)).toEqual({
      name: 'Ruiz, Marta',
      phone: '+525555550101',
    });
  });

  test('nothing', () => {
    expect(parsePeople('  ')).toEqual({ headers: [], rows: [] });
  });
});
