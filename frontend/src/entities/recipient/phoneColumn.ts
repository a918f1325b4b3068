const hasLetter = (cell: string): boolean => /\p{L}/u.test(cell);

/** As many digits as a phone number has, whatever else stands in the cell. */
export const holdsPhone = (cell: string): boolean => (cell.match(/\d/g)?.length ?? 0) >= 7;

const isPhone = (cell: string): boolean => holdsPhone(cell) && !hasLetter(cell);

// Customer numbers can be as long, but nobody writes them with a plus.
const weight = (cell: string): number => (cell.startsWith('+') ? 10 : 1);

/** The column that most numbers stand in; -1 for none. */
export function phoneColumn(rows: string[][]): number {
  const scores: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => {
      if (holdsPhone(cell)) scores[i] = (scores[i] ?? 0) + weight(cell);
    });
  }
  return scores.reduce((best, score, i) => (score > (scores[best] ?? 0) ? i : best), -1);
}

/** "Ana +34 600 000 001" to its two cells. */
function apart(cell: string): string[] {
  const phone = hasLetter(cell) ? /\+?\(?\d[\d\s().-]{5,}\d/.exec(cell)?.[0] : undefined;
  if (phone === undefined || !holdsPhone(phone)) return [cell];
  const rest = cell.replace(phone, ' ').replace(/^[\s,;:|<>()-]+|[\s,;:|<>()-]+$/gu, '');
  return [rest, phone.trim()];
}

/** Lines that people wrote, some with the number first and some last, to one order. */
export function alignPhones(lines: string[][]): string[][] {
  const rows = lines.map((line) => line.flatMap(apart));
  const column = phoneColumn(rows);
  const aligned = rows.map((row) => {
    if (isPhone(row[column] ?? '')) return row;
    const at = phoneColumn([row]);
    if (at < 0) return row;
    const others = row.filter((_, i) => i !== at);
    while (others.length < column) others.push('');
    return [...others.slice(0, column), row[at] ?? '', ...others.slice(column)];
  });
  const width = aligned.reduce((most, row) => Math.max(most, row.length), 0);
  return aligned.map((row) => Array.from({ length: width }, (_, i) => row[i] ?? ''));
}
