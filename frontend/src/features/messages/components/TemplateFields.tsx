import { TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Controller, useFormContext } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import type { Template, TemplateSlot } from '@/api/types';
import { templateChoices } from '@/entities/template/templateQueries';
import { LiquidHelp } from '@/features/messages/components/LiquidHelp';
import { type MessageForm, slotField } from '@/features/messages/messageForm';
import { useMetaWords } from '@/lib/metaWords';
import { Note } from '@/ui/Feedback';
import { type Option, Select } from '@/ui/Select';

function useTemplateOptions(): { options: Option[]; templates: Template[]; busy: boolean } {
  const meta = useMetaWords();
  const query = useQuery(templateChoices);
  const usable = (query.data ?? []).filter((one) => one.status.toLowerCase() === 'approved');
  const options = usable.map((one) => ({
    value: one.id,
    label: one.name,
    note: `${one.language} · ${meta.category(one.category)}`,
  }));
  return { options, templates: query.data ?? [], busy: query.isPending };
}

/** What the slot is called: its number or name, for a button what the button says. */
function slotKey({ path }: TemplateSlot, { buttons }: Template): string {
  const [section, key = ''] = path.split('.');
  return section === 'buttons' ? (buttons[Number(key)]?.label ?? key) : key;
}

function SlotField({ slot, template }: { slot: TemplateSlot; template: Template }) {
  const { t } = useTranslation();
  const { register, formState } = useFormContext<MessageForm>();
  const field = slotField(slot.path);
  return (
    <TextInput
      label={t(`message.slot.${slot.section}`, { key: slotKey(slot, template) })}
      placeholder={'{{ name | default: "…" }}'}
      error={formState.errors.slots?.[field]?.message}
      {...register(`slots.${field}`, { required: t('sender.needed') })}
    />
  );
}

/** The approved templates, and one field per slot of the chosen one. */
export function TemplateFields() {
  const { t } = useTranslation();
  const { watch } = useFormContext<MessageForm>();
  const { options, templates, busy } = useTemplateOptions();
  const chosen = templates.find((one) => one.id === watch('templateId'));
  return (
    <>
      <Controller<MessageForm, 'templateId'>
        name="templateId"
        rules={{ required: t('message.needTemplate') }}
        render={({ field, fieldState }) => (
          <Select
            label={t('kind.template')}
            hint={<Link to="/templates">{t('message.seeTemplates')}</Link>}
            isLoading={busy}
            options={options}
            value={options.find((o) => o.value === field.value) ?? null}
            onChange={(option) => field.onChange(option?.value ?? null)}
            onBlur={field.onBlur}
            focusRef={field.ref}
            error={fieldState.error?.message}
          />
        )}
      />
      {chosen?.unsupported.map((part) => (
        <Note key={part} kind="warn">
          {t('template.unsupported', { part })}
        </Note>
      ))}
      {/* Optional ones are for machines, such as the hidden payload of a reply button. */}
      {chosen?.slots
        .filter((slot) => slot.required)
        .map((slot) => (
          <SlotField key={`${chosen.id} ${slot.path}`} slot={slot} template={chosen} />
        ))}
      {chosen && chosen.slots.length > 0 && <LiquidHelp />}
    </>
  );
}
