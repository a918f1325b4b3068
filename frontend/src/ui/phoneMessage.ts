import type { PhoneButton, PhoneMessage } from '@/ui/PhonePreview';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return isObject(value) ? textOf(value.text ?? value.body) : undefined;
}

function buttonsOf(value: unknown): PhoneButton[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isObject).map((b) => ({
    kind: textOf(b.type ?? b.kind) ?? 'quick_reply',
    text: textOf(b.text) ?? textOf(b.title) ?? '',
  }));
}

/** The API's `rendered` (a text, or header/body/footer/buttons) as a phone shows it. */
export function phoneMessage(rendered: unknown): PhoneMessage | null {
  if (typeof rendered === 'string') return { body: rendered };
  if (!isObject(rendered)) return null;
  const body = textOf(rendered.body) ?? textOf(rendered.text) ?? textOf(rendered.content) ?? '';
  return {
    header: textOf(rendered.header),
    body,
    footer: textOf(rendered.footer),
    buttons: buttonsOf(rendered.buttons),
  };
}
