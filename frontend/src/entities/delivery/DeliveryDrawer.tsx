import { Button, Drawer } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Check, Link2, Maximize2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import styles from '@/entities/delivery/Delivery.module.css';
import { DeliveryProof } from '@/entities/delivery/DeliveryProof';
import { deliveryQuery } from '@/entities/delivery/deliveryQueries';

function Links({ id }: { id: string }) {
  const { t } = useTranslation();
  const { copied, copy } = useClipboard();
  const Icon = copied ? Check : Link2;
  const shared = { variant: 'subtle', size: 'compact-sm' } as const;
  return (
    <div className={styles.links}>
      <Button
        {...shared}
        leftSection={<Icon size={14} aria-hidden />}
        onClick={() => copy(`${window.location.origin}/deliveries/${id}`)}
      >
        {copied ? t('common.copied') : t('delivery.copyLink')}
      </Button>
      <Button
        {...shared}
        component={Link}
        to={`/deliveries/${id}`}
        leftSection={<Maximize2 size={14} aria-hidden />}
      >
        {t('delivery.page')}
      </Button>
    </div>
  );
}

interface Props {
  /** The delivery to show; null keeps the drawer closed. */
  id: string | null;
  zone: string;
  /** The business as the recipient knows it. */
  from: string;
  onClose: () => void;
}

/** One delivery beside the list, so that the list stays. */
export function DeliveryDrawer({ id, zone, from, onClose }: Props) {
  const { t } = useTranslation();
  const delivery = useQuery({ ...deliveryQuery(id ?? ''), enabled: id !== null });
  const recipient = delivery.data?.recipient;
  return (
    <Drawer
      opened={id !== null}
      onClose={onClose}
      position="right"
      size={500}
      title={recipient?.name || (recipient?.phone ?? t('delivery.title'))}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {id !== null && (
        <>
          <Links id={id} />
          <DeliveryProof id={id} zone={zone} from={from} />
        </>
      )}
    </Drawer>
  );
}
