import { useQuery } from '@tanstack/react-query';
import { useFormContext } from 'react-hook-form';
import { useTranslation } from 'react-i18next';

import type { Recipient } from '@/api/types';
import { recipientSample } from '@/entities/recipient/recipientQueries';
import { businessName, sendersQuery } from '@/entities/sender/senderQueries';
import { templatePhone } from '@/entities/template/templatePhone';
import { templateChoices } from '@/entities/template/templateQueries';
import { type MessageForm, sketch, slotValues } from '@/features/messages/messageForm';
import { type PhoneMessage, PhonePreview } from '@/ui/PhonePreview';

/** What a text may know of a person, by variable. */
function sampleOf(person: Recipient | undefined): Record<string, string> {
  const attributes = Object.entries(person?.attributes ?? {}).map(([key, value]) => [
    `attributes.${key}`,
    String(value),
  ]);
  return {
    name: person?.name ?? '',
    phone: person?.phone ?? '',
    language: person?.language ?? '',
    country: person?.country ?? '',
    ...(Object.fromEntries(attributes) as Record<string, string>),
  };
}

/** The message as it is being written, filled for the first person of the address book. */
export function Sketch() {
  const { t } = useTranslation();
  const { watch } = useFormContext<MessageForm>();
  const form = watch();
  const person = useQuery(recipientSample({}, 1)).data?.[0];
  const sender = useQuery(sendersQuery).data?.[0];
  const templates = useQuery(templateChoices).data;
  const template = templates?.find((one) => one.id === form.templateId);
  const sample = sampleOf(person);
  let message: PhoneMessage | null = null;
  if (form.kind === 'text') message = { body: sketch(form.content, sample) };
  else if (template) {
    const values = Object.entries(slotValues(form, template)).map(([path, text]) => [
      path,
      sketch(text, sample),
    ]);
    message = templatePhone(template, Object.fromEntries(values) as Record<string, string>);
  }
  return (
    <PhonePreview sender={sender ? businessName(sender) : t('editor.sender')} message={message} />
  );
}
