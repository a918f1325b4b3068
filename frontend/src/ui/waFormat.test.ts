import { describe, expect, test } from 'vitest';

import { parseRuns } from '@/ui/waFormat';

const shape = (text: string): string =>
  parseRuns(text)
    .map((run) => (run.marks.length > 0 ? `[${run.marks.join('+')}:${run.text}]` : run.text))
    .join('');

describe('WhatsApp formatting', () => {
  test.each([
    ['Hello *you*!', 'Hello [bold:you]!'],
    ['_a_ ~b~ `c`', '[italic:a] [strike:b] [code:c]'],
    ['*bold _both_*', '[bold:bold ][bold+italic:both]'],
    ['```x *y*\nz```', '[mono:x *y*\nz]'],
    // Marks inside words, around spaces or across lines are plain text.
    ['2*3*4', '2*3*4'],
    ['* no *', '* no *'],
    ['*one\ntwo*', '*one\ntwo*'],
    ['snake_case_name', 'snake_case_name'],
    ['niño_á_', 'niño_á_'],
  ])('%j', (text, expected) => {
    expect(shape(text)).toBe(expected);
  });

  test('no text is lost or repeated', () => {
    const text = 'a *b* c_d _e_ ~f~ ```g``` *h';
    const plain = parseRuns(text)
      .map((run) => run.text)
      .join('');
    expect(plain).toBe('a b c_d e f g *h');
  });
});
