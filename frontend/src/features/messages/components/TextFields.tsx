import { Button, Checkbox, SegmentedControl, Textarea } from '@mantine/core';
import { useRef } from 'react';
import { Controller, useFormContext } from 'react-hook-form';
import { useTranslation } from 'react-i18next';

import { LiquidHelp } from '@/features/messages/components/LiquidHelp';
import styles from '@/features/messages/components/MessageEditor.module.css';
import type { MessageForm } from '@/features/messages/messageForm';
import { useNumber } from '@/lib/i18n';

/** WhatsApp's limit for a text. */
const MOST = 4096;

const INSERTS = [
  ['name', '{{ name | default: "" }}'],
  ['attribute', '{{ attributes.city }}'],
  ['bold', '*…*'],
  ['italic', '_…_'],
] as const;

function Category() {
  const { t } = useTranslation();
  return (
    <Controller<MessageForm, 'category'>
      name="category"
      render={({ field }) => (
        <div>
          <SegmentedControl
            aria-label={t('message.category')}
            value={field.value}
            onChange={field.onChange}
            data={(['utility', 'marketing'] as const).map((c) => ({
              value: c,
              label: t(`category.${c}`),
            }))}
          />
          <p className={styles.help}>{t(`message.about.${field.value}`)}</p>
        </div>
      )}
    />
  );
}

/** Free text: WhatsApp's marks, variables, length. */
export function TextFields() {
  const { t } = useTranslation();
  const number = useNumber();
  const area = useRef<HTMLTextAreaElement>(null);
  const { register, watch, setValue, getValues, formState } = useFormContext<MessageForm>();
  const { ref, ...content } = register('content', {
    required: t('sender.needed'),
    maxLength: { value: MOST, message: t('message.tooLong', { n: number(MOST) }) },
  });
  const length = watch('content').length;
  const insert = (snippet: string): void => {
    const text = getValues('content');
    const from = area.current?.selectionStart ?? text.length;
    const to = area.current?.selectionEnd ?? text.length;
    const piece = snippet.replace('…', text.slice(from, to) || '…');
    setValue('content', text.slice(0, from) + piece + text.slice(to), { shouldDirty: true });
    area.current?.focus();
  };
  return (
    <>
      <Category />
      <div>
        <Textarea
          label={t('message.text')}
          autosize
          minRows={7}
          error={formState.errors.content?.message}
          {...content}
          ref={(element) => {
            ref(element);
            area.current = element;
          }}
        />
        <div className={styles.counter} data-over={length > MOST || undefined}>
          {number(length)} / {number(MOST)}
        </div>
        <div className={styles.chips} role="group" aria-label={t('message.insert')}>
          {INSERTS.map(([name, snippet]) => (
            <Button key={name} size="xs" variant="default" onClick={() => insert(snippet)}>
              {t(`message.inserts.${name}`)}
            </Button>
          ))}
        </div>
      </div>
      <LiquidHelp />
      <Checkbox label={t('message.previewUrl')} {...register('previewUrl')} />
    </>
  );
}
