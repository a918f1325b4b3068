import type { Category, Message, Template } from '@/api/types';
import type { MessageInput } from '@/entities/message/messageQueries';
import { flatten, nest } from '@/entities/template/slots';

/** The editor's form. `slots` holds the template's values in the order of its slots. */
export interface MessageForm {
  title: string;
  kind: 'text' | 'template';
  category: Category;
  content: string;
  previewUrl: boolean;
  templateId: string | null;
  slots: Record<string, string | undefined>;
}

/** Form field names can't hold the dots of a slot's path. */
export const slotField = (path: string): string => path.replaceAll('.', '/');
const slotPath = (field: string): string => field.replaceAll('/', '.');

export function toForm(message?: Message): MessageForm {
  const parameters = flatten(message?.template?.parameters ?? {});
  const slots = Object.entries(parameters).map(([path, text]) => [slotField(path), text]);
  return {
    title: message?.title ?? '',
    kind: message?.kind === 'template' ? 'template' : 'text',
    category: message?.category ?? 'utility',
    content: message?.content ?? '',
    previewUrl: message?.preview_url ?? false,
    templateId: message?.template?.template_id ?? null,
    slots: Object.fromEntries(slots) as Record<string, string>,
  };
}

/** Values by slot path, of the slots this template really has. */
export function slotValues(form: MessageForm, template: Template): Record<string, string> {
  const known = new Set(template.slots.map((s) => s.path));
  return Object.fromEntries(
    Object.entries(form.slots)
      // A field that was only shown, not filled, is undefined.
      .map(([field, text]): [string, string] => [slotPath(field), text ?? ''])
      .filter(([path, text]) => known.has(path) && text !== ''),
  );
}

export function toMessage(form: MessageForm, template: Template | undefined): MessageInput {
  if (form.kind === 'text' || template === undefined) {
    const { title, category, content, previewUrl } = form;
    return { title, kind: 'text', category, content, preview_url: previewUrl };
  }
  const parameters = nest(slotValues(form, template));
  return {
    title: form.title,
    kind: 'template',
    template: { template_id: template.id, parameters },
  };
}

/** Sample values so that a text without a recipient still reads as a message. */
const DEFAULT = /\|\s*default:\s*(["'])(.*?)\1/;

/**
 * Liquid outputs replaced for the eye: by the sample's value, else the fallback,
 * else the variable's name in braces. The server's own preview stays the judge.
 */
export function sketch(text: string, sample: Record<string, string>): string {
  return text.replaceAll(/\{\{(.*?)\}\}/g, (hole, inner: string) => {
    const name = inner.split('|')[0]?.trim() ?? '';
    const fallback = DEFAULT.exec(inner)?.[2];
    return sample[name] || fallback || hole;
  });
}
