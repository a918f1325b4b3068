import { Drawer } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { DeliveryProof } from '@/entities/delivery/DeliveryProof';
import { deliveryQuery } from '@/entities/delivery/deliveryQueries';

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
      size={480}
      title={recipient?.name || (recipient?.phone ?? t('delivery.title'))}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {id !== null && <DeliveryProof id={id} zone={zone} from={from} />}
    </Drawer>
  );
}
