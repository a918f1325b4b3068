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
