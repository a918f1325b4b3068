import i18next from 'i18next';

/** What the server adds of its own, such as Meta's words: worth showing in any language. */
const TELLING = new Set([
  'conflict',
  'invalid',
  'invalid_template',
  'template_parameters',
  'token_invalid',
]);

/**
 * A refusal by its stable code, in the reader's language. The server's own words are English:
 * they stand in for a code we have no words for, and follow where they tell more.
 */
export function refusalText({ code, message }: { code: string; message: string }): string {
  const key = `refusal.${code as 'required'}` as const;
  const known: boolean = i18next.exists(key);
  if (!known) return message;
  const words = i18next.t(key);
  return TELLING.has(code) ? `${words} (${message})` : words;
}
