import { ActionIcon, TextInput, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { Check, Copy } from 'lucide-react';
import { useTranslation } from 'react-i18next';

interface Props {
  label: string;
  value: string;
  description?: string;
}

/** A value to take elsewhere, with a button that copies it. */
export function CopyField({ label, value, description }: Props) {
  const { t } = useTranslation();
  const { copied, copy } = useClipboard();
  const action = copied ? t('common.copied') : t('common.copy');
  return (
    <TextInput
      label={label}
      description={description}
      value={value}
      readOnly
      onFocus={(event) => event.currentTarget.select()}
      rightSection={
        <Tooltip label={action}>
          <ActionIcon
            variant="subtle"
            aria-label={`${action}: ${label}`}
            onClick={() => copy(value)}
          >
            {copied ? <Check size={16} aria-hidden /> : <Copy size={16} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      }
    />
  );
}
