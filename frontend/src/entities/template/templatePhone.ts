import type { Template } from '@/api/types';
import { fill } from '@/entities/template/slots';
import type { PhoneMessage } from '@/ui/PhonePreview';

/** A template as a phone shows it, its slots filled with `values` (by path). */
export function templatePhone(
  template: Template,
  values: Record<string, string> = {},
): PhoneMessage {
  return {
    header: template.header === null ? undefined : fill(template.header, 'header', values),
    media: template.header_media ?? undefined,
    body: fill(template.body, 'body', values),
    footer: template.footer ?? undefined,
    buttons: template.buttons.map(({ kind, label }) => ({ kind, text: label })),
  };
}

interface Parameter {
  text?: string;
  parameter_name?: string;
}

interface PayloadComponent {
  type?: string;
  parameters?: Parameter[];
}

function componentsOf(payload: unknown): PayloadComponent[] {
  const body = payload as { template?: { components?: PayloadComponent[] } } | null;
  return body?.template?.components ?? [];
}

/** The values a request to WhatsApp carries, by slot path; numbered when they have no name. */
export function valuesOf(payload: unknown): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { type, parameters = [] } of componentsOf(payload)) {
    parameters.forEach(({ text, parameter_name: name }, i) => {
      if (text !== undefined) values[`${type ?? ''}.${name ?? i + 1}`] = text;
    });
  }
  return values;
}
