import { useTranslation } from 'react-i18next';

import type { Sender } from '@/api/types';
import { useZone } from '@/lib/access';
import { useNumber } from '@/lib/i18n';
import { useMetaWords } from '@/lib/metaWords';
import { Facts } from '@/ui/Page';
import { TimeText } from '@/ui/TimeText';

/** How good, how many and how fast. */
export function SenderFacts({ sender, ids = false }: { sender: Sender; ids?: boolean }) {
  const { t } = useTranslation();
  const number = useNumber();
  const meta = useMetaWords();
  const zone = useZone();
  const { messaging_limit: limit, messaging_used_24h: used, messaging_room_at: roomAt } = sender;
  const known: [string, React.ReactNode][] = [
    [t('sender.quality'), meta.quality(sender.quality_rating)],
    [
      t('sender.limit'),
      limit === null ? t('sender.noLimit') : t('sender.perDay', { n: number(limit) }),
    ],
    [t('sender.speed'), t('sender.perSecond', { n: number(sender.throughput_mps) })],
  ];
  if (used !== null && limit !== null)
    known.push([t('sender.used'), t('sender.usedOf', { n: number(used), limit: number(limit) })]);
  if (roomAt !== null)
    known.push([t('sender.roomAt'), <TimeText key="r" at={roomAt} zone={zone} />]);
  if (ids) {
    known.push(
      [t('sender.phoneNumberId'), <code key="p">{sender.phone_number_id}</code>],
      [t('sender.wabaId'), <code key="w">{sender.waba_id}</code>],
    );
  }
  return <Facts items={known} />;
}
