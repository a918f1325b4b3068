import { useTranslation } from 'react-i18next';

import { Looks } from '@/features/account/components/Looks';
import { PasswordForm } from '@/features/account/components/PasswordForm';
import { Sessions } from '@/features/account/components/Sessions';
import { useAccess } from '@/lib/access';
import { Card, Facts } from '@/ui/Page';

function Who() {
  const { t, i18n } = useTranslation();
  const access = useAccess();
  const user = access?.user;
  if (!user) return null;
  const role = i18n.exists(`role.${user.role}`) ? t(`role.${user.role as 'owner'}`) : user.role;
  return (
    <Card title={user.name || user.email}>
      <Facts
        items={[
          [t('auth.email'), user.email],
          [t('settings.workspace'), access.workspace.name],
          [t('team.role'), role],
        ]}
      />
    </Card>
  );
}

/** What is one's own, whatever one's role. */
export function AccountPage() {
  return (
    <>
      <Who />
      <Looks />
      <PasswordForm />
      <Sessions />
    </>
  );
}
