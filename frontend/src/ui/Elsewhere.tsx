import { useTranslation } from 'react-i18next';

import { useOtherWorkspaces, useSwitchWorkspace } from '@/lib/workspaces';
import { ActionButton } from '@/ui/ActionButton';
import { Muted } from '@/ui/Page';

/** A link may lead into another of one's workspaces, which looks like nothing from here. */
export function Elsewhere() {
  const { t } = useTranslation();
  const others = useOtherWorkspaces();
  const change = useSwitchWorkspace({ stay: true });
  if (others.length === 0) return null;
  return (
    <>
      <p>
        <Muted>{t('elsewhere.text')}</Muted>
      </p>
      {others.map(({ id, name }) => (
        <ActionButton key={id} m={4} action={() => change.mutateAsync(id)}>
          {t('elsewhere.lookIn', { name })}
        </ActionButton>
      ))}
    </>
  );
}
