import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';

import { messageQuery } from '@/entities/message/messageQueries';
import { MessageEditor } from '@/features/messages/components/MessageEditor';
import { Answered } from '@/ui/Answered';
import { Page } from '@/ui/Page';

/** A message to change, or at `/messages/new` a new one. */
export function MessagePage() {
  const { id = 'new' } = useParams();
  const { t } = useTranslation();
  const isNew = id === 'new';
  const query = useQuery({ ...messageQuery(id), enabled: !isNew });
  if (isNew) return <MessageEditor key="new" />;
  if (query.data) return <MessageEditor key={`${id} ${query.data.version}`} message={query.data} />;
  return (
    <Page title={t('nav.messages')} back={{ to: '/messages', label: t('nav.messages') }}>
      <Answered query={query}>{() => null}</Answered>
    </Page>
  );
}
