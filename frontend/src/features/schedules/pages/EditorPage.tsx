import { TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { FormProvider, useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';

import { groupChoices } from '@/entities/group/groupQueries';
import { messageChoices } from '@/entities/message/messageQueries';
import { useCreateSchedule } from '@/entities/schedule/scheduleQueries';
import { sendersQuery } from '@/entities/sender/senderQueries';
import { useZone } from '@/lib/access';
import { CheckPart } from '@/features/schedules/components/CheckPart';
import styles from '@/features/schedules/components/Editor.module.css';
import { LostPart } from '@/features/schedules/components/LostPart';
import { MessagePart } from '@/features/schedules/components/MessagePart';
import { PeoplePart } from '@/features/schedules/components/PeoplePart';
import { PreviewPane } from '@/features/schedules/components/PreviewPane';
import { TestSend } from '@/features/schedules/components/TestSend';
import { WhenPart } from '@/features/schedules/components/WhenPart';
import { audienceOf, defaultTime, type Draft, reachOf, toInput } from '@/features/schedules/draft';
import { useCopy } from '@/features/schedules/copy';
import { showFieldErrors } from '@/lib/forms';
import { Allowed } from '@/ui/Allowed';
import { Answered } from '@/ui/Answered';
import { Card, Page } from '@/ui/Page';

const FIELDS = {
  message_id: 'messageId',
  sender_id: 'senderId',
  audience: 'people',
  'timing.at': 'at',
  'timing.timezone': 'zone',
  name: 'name',
  when_unconfirmed: 'whenUnconfirmed',
} as const;

function useDraftForm(from: Draft | null) {
  const zone = useZone();
  const [params] = useSearchParams();
  const form = useForm<Draft>({
    defaultValues: from ?? {
      name: '',
      messageId: params.get('message'),
      senderId: null,
      people: [],
      exclude: [],
      when: 'once',
      at: defaultTime(new Date(), zone),
      zone,
      whenUnconfirmed: 'hold',
    },
  });
  const { getFieldState, setValue } = form;
  const only = useQuery(sendersQuery).data;
  const onlySender = only?.length === 1 ? only[0]?.id : undefined;
  useEffect(() => {
    // With one number there is nothing to choose.
    if (onlySender !== undefined) setValue('senderId', onlySender);
  }, [onlySender, setValue]);
  useEffect(() => {
    if (from !== null || getFieldState('at').isDirty || getFieldState('zone').isDirty) return;
    setValue('zone', zone);
    setValue('at', defaultTime(new Date(), zone));
  }, [from, zone, getFieldState, setValue]);
  return form;
}

/** A new schedule, empty or beginning as a copy of the one named `from`. */
export function EditorPage() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const source = params.get('from');
  const copy = useCopy(source);
  return (
    <Page title={t('editor.title')} back={{ to: '/schedules', label: t('nav.schedules') }}>
      <Allowed scope="schedules:write">
        {source === null ? (
          <Editor from={null} />
        ) : (
          <Answered query={copy}>{(draft) => <Editor key={source} from={draft} />}</Answered>
        )}
      </Allowed>
    </Page>
  );
}

/** Message · People · When · Check, all open, with the phone beside them. */
function Editor({ from }: { from: Draft | null }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const form = useDraftForm(from);
  const draft = form.watch();
  const reach = reachOf(audienceOf(draft), useQuery(groupChoices).data ?? []);
  const messages = useQuery(messageChoices).data;
  const create = useCreateSchedule();
  const submit = form.handleSubmit(async (values) => {
    const title = messages?.find((m) => m.id === values.messageId)?.title;
    const body = toInput(values, title ?? t('editor.title'));
    if (body === null) return;
    try {
      const schedule = await create.mutateAsync(body);
      await navigate(`/schedules/${schedule.id}`);
    } catch (error) {
      showFieldErrors(error, form.setError, FIELDS);
    }
  });
  return (
    <FormProvider {...form}>
      <form className={styles.columns} onSubmit={(event) => void submit(event)} noValidate>
        <div className={styles.parts}>
          <MessagePart />
          <PeoplePart />
          <WhenPart />
          <LostPart />
          <Card title={t('editor.partName')} hint={t('editor.nameHint')}>
            <TextInput
              aria-label={t('editor.partName')}
              maxLength={200}
              {...form.register('name')}
            />
          </Card>
          <CheckPart
            draft={draft}
            reach={reach}
            error={create.isError ? create.error : null}
            busy={create.isPending}
          />
        </div>
        <div className={`${styles.side} ${styles.parts}`}>
          <PreviewPane draft={draft} />
          <TestSend draft={draft} />
        </div>
      </form>
    </FormProvider>
  );
}
