import { Button, Radio, Switch, TextInput } from '@mantine/core';
import { Controller, useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';

import type { Workspace } from '@/api/types';
import { CountrySelect } from '@/entities/workspace/CountrySelect';
import { useChangeWorkspace, type WorkspaceChange } from '@/entities/workspace/workspaceQueries';
import { ZoneSelect } from '@/entities/workspace/ZoneSelect';
import { Failed, Note } from '@/ui/Feedback';
import { Form, Stack } from '@/ui/Page';

type Fields = Required<WorkspaceChange>;

function useWorkspaceForm(workspace: Workspace) {
  const form = useForm<Fields>({
    defaultValues: {
      name: workspace.name,
      timezone: workspace.timezone,
      country: workspace.country,
      service_window: workspace.service_window,
      marketing_requires_opt_in: workspace.marketing_requires_opt_in,
    },
  });
  const change = useChangeWorkspace();
  const submit = form.handleSubmit((fields) =>
    change.mutate({ change: fields, version: workspace.version }),
  );
  return { form, change, submit };
}

/** Name, place and the two rules that decide who may get what. */
export function WorkspaceForm({ workspace }: { workspace: Workspace }) {
  const { t } = useTranslation();
  const { form, change, submit } = useWorkspaceForm(workspace);
  const { register, control } = form;
  return (
    <Form onSubmit={(event) => void submit(event)}>
      <TextInput label={t('setup.workspace')} {...register('name')} />
      <Controller
        control={control}
        name="timezone"
        render={({ field }) => (
          <ZoneSelect label={t('editor.zone')} value={field.value} onChange={field.onChange} />
        )}
      />
      <Controller
        control={control}
        name="country"
        render={({ field }) => (
          <CountrySelect
            label={t('settings.country')}
            hint={t('settings.countryHint')}
            value={field.value}
            onChange={field.onChange}
          />
        )}
      />
      <Controller
        control={control}
        name="service_window"
        render={({ field }) => (
          <Radio.Group
            label={t('settings.window')}
            description={t('settings.windowHint')}
            value={field.value}
            onChange={field.onChange}
          >
            <Stack>
              <Radio mt={10} value="enforce" label={t('settings.enforce')} />
              <Radio value="ignore" label={t('settings.ignore')} />
            </Stack>
          </Radio.Group>
        )}
      />
      <Controller
        control={control}
        name="marketing_requires_opt_in"
        render={({ field }) => (
          <Switch
            label={t('settings.optIn')}
            description={t('settings.optInHint')}
            checked={field.value}
            onChange={(event) => field.onChange(event.currentTarget.checked)}
          />
        )}
      />
      {change.isSuccess && <Note kind="ok">{t('common.saved')}</Note>}
      {change.isError && <Failed error={change.error} />}
      <div>
        <Button type="submit" loading={change.isPending}>
          {t('common.save')}
        </Button>
      </div>
    </Form>
  );
}
