import { ActionIcon } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Recipient } from '@/api/types';
import { messagePreview, messageQuery } from '@/entities/message/messageQueries';
import {
  recipientName,
  recipientQuery,
  recipientSample,
} from '@/entities/recipient/recipientQueries';
import { templatePhone, valuesOf } from '@/entities/template/templatePhone';
import { templateQuery } from '@/entities/template/templateQueries';
import { businessName, sendersQuery } from '@/entities/sender/senderQueries';
import styles from '@/features/schedules/components/Editor.module.css';
import { audienceOf, type Draft } from '@/features/schedules/draft';
import { Failed, Note } from '@/ui/Feedback';
import { phoneMessage } from '@/ui/phoneMessage';
import { type PhoneMessage, PhonePreview } from '@/ui/PhonePreview';

/** Some of the people chosen, to show the message as they will read it. */
function useSomePeople(draft: Draft): Recipient[] {
  const { group_ids: groups, recipient_ids: single } = audienceOf(draft);
  const firstGroup = groups[0];
  const firstPerson = single[0];
  const inGroup = useQuery(recipientSample(firstGroup ? { group_id: firstGroup } : {}));
  const person = useQuery({ ...recipientQuery(firstPerson ?? ''), enabled: Boolean(firstPerson) });
  return [...(person.data ? [person.data] : []), ...(inGroup.data ?? [])];
}

function Person({
  people,
  at,
  onMove,
}: {
  people: Recipient[];
  at: number;
  onMove: (to: number) => void;
}) {
  const { t } = useTranslation();
  const person = people[at];
  if (person === undefined) return null;
  const move = (by: number) => () => onMove((at + by + people.length) % people.length);
  return (
    <div className={styles.person}>
      <ActionIcon variant="default" aria-label={t('editor.previous')} onClick={move(-1)}>
        <ChevronLeft size={16} aria-hidden />
      </ActionIcon>
      <span aria-live="polite">{t('editor.seenBy', { name: recipientName(person) })}</span>
      <ActionIcon variant="default" aria-label={t('editor.next')} onClick={move(1)}>
        <ChevronRight size={16} aria-hidden />
      </ActionIcon>
    </div>
  );
}

/** The chosen message for one person; a template also with its footer and buttons. */
function usePhone(messageId: string | null, recipientId: string | null) {
  const id = messageId ?? '';
  const enabled = messageId !== null;
  const message = useQuery({ ...messageQuery(id), enabled });
  const templateId = message.data?.template?.template_id;
  const template = useQuery({ ...templateQuery(templateId ?? ''), enabled: Boolean(templateId) });
  const preview = useQuery({
    ...messagePreview(id, recipientId),
    enabled,
    placeholderData: keepPreviousData,
  });
  const { rendered, payload } = preview.data ?? {};
  let phone: PhoneMessage | null = enabled ? phoneMessage(rendered) : null;
  if (enabled && template.data && payload) phone = templatePhone(template.data, valuesOf(payload));
  return { phone, preview };
}

/** The phone of a real recipient, with arrows to the next. */
export function PreviewPane({ draft }: { draft: Draft }) {
  const { t } = useTranslation();
  const [at, setAt] = useState(0);
  const people = useSomePeople(draft);
  const shown = Math.min(at, Math.max(people.length - 1, 0));
  const senders = useQuery(sendersQuery);
  const sender = senders.data?.find((s) => s.id === draft.senderId);
  const { phone, preview } = usePhone(draft.messageId, people[shown]?.id ?? null);
  const missing = preview.data?.missing ?? [];
  return (
    <div className={styles.preview}>
      <PhonePreview sender={sender ? businessName(sender) : t('editor.sender')} message={phone} />
      {phone !== null && <Person people={people} at={shown} onMove={setAt} />}
      {missing.length > 0 && (
        <Note kind="warn">{t('editor.missing', { names: missing.join(', ') })}</Note>
      )}
      {preview.isError && <Failed error={preview.error} />}
    </div>
  );
}
