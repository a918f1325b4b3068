import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, Navigate } from 'react-router';

import { workspaceQuery } from '@/entities/workspace/workspaceQueries';
import { WorkspaceForm } from '@/features/settings/components/WorkspaceForm';
import { useAccess } from '@/lib/access';
import { Answered } from '@/ui/Answered';
import { Loading } from '@/ui/Feedback';
import { Card } from '@/ui/Page';

/** The workspace's own settings; who may not change them is led to their account. */
export function SettingsPage() {
  const { t } = useTranslation();
  const access = useAccess();
  const isAdmin = access?.scopes.includes('admin') ?? false;
  const workspace = useQuery({ ...workspaceQuery, enabled: isAdmin });
  if (access === undefined) return <Loading />;
  if (!isAdmin) return <Navigate to="/settings/account" replace />;
  return (
    <>
      <Card title={t('settings.workspace')}>
        <Answered query={workspace}>
          {(found) => <WorkspaceForm key={found.version} workspace={found} />}
        </Answered>
      </Card>
      <Card title={t('nav.senders')} side={<Link to="/senders">{t('settings.toSenders')}</Link>}>
        {t('settings.sendersText')}
      </Card>
    </>
  );
}
