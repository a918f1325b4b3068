import { Loader, Menu } from '@mantine/core';
import { Building2, Check } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { useAccess } from '@/lib/access';
import { useSwitchWorkspace } from '@/lib/workspaces';
import { Failed } from '@/ui/Feedback';

/** Entries that lead to one's other workspaces; nothing for people who have one. */
export function WorkspaceMenu() {
  const { t } = useTranslation();
  const me = useAccess();
  const change = useSwitchWorkspace();
  if (me === undefined || me.workspaces.length < 2) return null;
  const mark = (id: string) => {
    if (id === me.workspace.id) return <Check size={15} aria-label={t('menu.here')} />;
    return change.isPending && change.variables === id ? <Loader size={14} /> : null;
  };
  return (
    <>
      <Menu.Label>{t('menu.workspace')}</Menu.Label>
      {me.workspaces.map(({ id, name }) => (
        <Menu.Item
          key={id}
          leftSection={<Building2 size={16} aria-hidden />}
          rightSection={mark(id)}
          disabled={change.isPending}
          closeMenuOnClick={id === me.workspace.id}
          onClick={() => id !== me.workspace.id && change.mutate(id)}
        >
          {name}
        </Menu.Item>
      ))}
      {change.isError && <Failed error={change.error} />}
      <Menu.Divider />
    </>
  );
}
