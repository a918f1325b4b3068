import { useTranslation } from 'react-i18next';

import type { Role } from '@/api/types';
import { ROLES } from '@/features/members/memberQueries';
import { useCan } from '@/lib/access';
import { Select } from '@/ui/Select';

interface Props {
  label: string;
  hiddenLabel?: boolean;
  value: Role;
  disabled?: boolean;
  onChange: (role: Role) => void;
}

/** The roles one may give, each with what it may do. Only owners make owners. */
export function RoleSelect({ label, hiddenLabel, value, disabled, onChange }: Props) {
  const { t } = useTranslation();
  const isOwner = useCan('owners:write');
  const options = ROLES.filter((role) => role !== 'owner' || isOwner || value === 'owner').map(
    (role) => ({ value: role, label: t(`role.${role}`) }),
  );
  return (
    <Select
      label={label}
      hiddenLabel={hiddenLabel}
      isDisabled={disabled}
      options={options}
      value={options.find((o) => o.value === value) ?? null}
      onChange={(option) => {
        const role = ROLES.find((r) => r === option?.value);
        if (role !== undefined && role !== value) onChange(role);
      }}
    />
  );
}
