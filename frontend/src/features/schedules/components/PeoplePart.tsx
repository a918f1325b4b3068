import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Controller, useFormContext } from 'react-hook-form';
import { useTranslation } from 'react-i18next';

import { groupChoices } from '@/entities/group/groupQueries';
import { recipientSample } from '@/entities/recipient/recipientQueries';
import { type Draft, groupOption, personOption } from '@/features/schedules/draft';
import { useNumber } from '@/lib/i18n';
import { Card, Stack } from '@/ui/Page';
import { type Option, Select } from '@/ui/Select';

function useGroupOptions(): Option[] {
  const { t } = useTranslation();
  const number = useNumber();
  const groups = useQuery(groupChoices);
  return (groups.data ?? []).map((g) =>
    groupOption(g, t('count.people', { count: g.size, n: number(g.size) })),
  );
}

/** Groups and single people in one field; people are searched on the server as one types. */
function WhoSelect() {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 200);
  const groups = useGroupOptions();
  const people = useQuery({
    ...recipientSample(q === '' ? {} : { q }),
    placeholderData: keepPreviousData,
  });
  const match = (o: Option): boolean => o.label.toLowerCase().includes(typed.trim().toLowerCase());
  return (
    <Controller<Draft, 'people'>
      name="people"
      rules={{ validate: (chosen) => chosen.length > 0 || t('editor.needPeople') }}
      render={({ field, fieldState }) => (
        <Select<true>
          isMulti
          label={t('editor.who')}
          hint={t('editor.whoHint')}
          options={[
            { label: t('nav.groups'), options: groups.filter(match) },
            { label: t('nav.recipients'), options: (people.data ?? []).map(personOption) },
          ]}
          // The server has already searched; its matches may be by phone.
          filterOption={null}
          closeMenuOnSelect={false}
          isLoading={people.isFetching}
          inputValue={typed}
          onInputChange={setTyped}
          value={field.value}
          onChange={(chosen) => field.onChange([...chosen])}
          onBlur={field.onBlur}
          focusRef={field.ref}
          error={fieldState.error?.message}
        />
      )}
    />
  );
}

/** Who gets it, and who doesn't although a group holds them. */
export function PeoplePart() {
  const { t } = useTranslation();
  const groups = useGroupOptions();
  const { control } = useFormContext<Draft>();
  return (
    <Card title={t('editor.partPeople')}>
      <Stack>
        <WhoSelect />
        <Controller
          control={control}
          name="exclude"
          render={({ field }) => (
            <Select<true>
              isMulti
              label={t('editor.exclude')}
              options={groups}
              value={field.value}
              onChange={(chosen) => field.onChange([...chosen])}
              onBlur={field.onBlur}
            />
          )}
        />
      </Stack>
    </Card>
  );
}
