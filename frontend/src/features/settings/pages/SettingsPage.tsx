import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { workspaceQuery } from '@/entities/workspace/workspaceQueries';
import { ApiKeys } from '@/features/settings/components/ApiKeys';
import { WorkspaceForm } from '@/features/settings/components/WorkspaceForm';
import { Failed, Loading } from '@/ui/Feedback';
import { Card, Page } from '@/ui/Page';

export function SettingsPage() {
  const { t } = useTranslation();
  const workspace = useQuery(workspaceQuery);
  return (
    <Page title={t('nav.settings')}>
      <Card title={t('settings.workspace')}>
        {workspace.isPending && <Loading />}
        {workspace.isError && <Failed error={workspace.error} />}
        {workspace.data && (
          <WorkspaceForm key={workspace.data.version} workspace={workspace.data} />
        )}
      </Card>
      <Card title={t('nav.senders')} side={<Link to="/senders">{t('settings.toSenders')}</Link>}>
        {t('settings.sendersText')}
      </Card>
      <ApiKeys />
    </Page>
  );
}
