/**
 * WhatsApp's own marks in a text: *bold*, _italic_, ~strike~, ```monospace``` and
 * `code`. A mark counts only at a word's edge and around text that neither starts
 * nor ends with a space; a formatted run doesn't cross a line (but ``` may).
 */
export type Mark = 'bold' | 'italic' | 'strike' | 'mono' | 'code';

export interface Run {
  text: string;
  marks: Mark[];
}

const RULES: [RegExp, Mark, boolean][] = [
  [/```([\s\S]+?)```/, 'mono', false],
  [/(?<![\p{L}\p{N}`])`([^`\n]+)`(?![\p{L}\p{N}`])/u, 'code', false],
  [/(?<![\p{L}\p{N}*])\*(?! )([^*\n]+?)(?<! )\*(?![\p{L}\p{N}*])/u, 'bold', true],
  [/(?<![\p{L}\p{N}_])_(?! )([^_\n]+?)(?<! )_(?![\p{L}\p{N}_])/u, 'italic', true],
  [/(?<![\p{L}\p{N}~])~(?! )([^~\n]+?)(?<! )~(?![\p{L}\p{N}~])/u, 'strike', true],
];

function firstMatch(text: string) {
  let best: { at: number; whole: string; inner: string; mark: Mark; nests: boolean } | null = null;
  for (const [pattern, mark, nests] of RULES) {
    const found = pattern.exec(text);
    if (found === null || (best !== null && found.index >= best.at)) continue;
    best = { at: found.index, whole: found[0], inner: found[1] ?? '', mark, nests };
  }
  return best;
}

/** Text to runs with their marks, in order. */
export function parseRuns(text: string, outer: Mark[] = []): Run[] {
  if (text === '') return [];
  const hit = firstMatch(text);
  if (hit === null) return [{ text, marks: outer }];
  const marks = [...outer, hit.mark];
  return [
    ...(hit.at > 0 ? [{ text: text.slice(0, hit.at), marks: outer }] : []),
    ...(hit.nests ? parseRuns(hit.inner, marks) : [{ text: hit.inner, marks }]),
    ...parseRuns(text.slice(hit.at + hit.whole.length), outer),
  ];
}
