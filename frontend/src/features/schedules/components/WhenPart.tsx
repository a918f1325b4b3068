import { SegmentedControl } from '@mantine/core';
import { Controller, useFormContext } from 'react-hook-form';
import { useTranslation } from 'react-i18next';

import { ZoneSelect } from '@/entities/workspace/ZoneSelect';
import { type Draft, isPast } from '@/features/schedules/draft';
import { useLocale } from '@/lib/i18n';
import { formatInstant, myZone, relativeTime } from '@/lib/time';
import { instantToWall, wallToInstant } from '@/lib/wall';
import { DateTimeField } from '@/ui/DateTimeField';
import { Card, Muted, Split, Stack } from '@/ui/Page';

/** The same moment on one's own clock, since the schedule's zone may be another's. */
function OnMyClock({ at, zone }: { at: string; zone: string }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const instant = wallToInstant(at, zone);
  const when = relativeTime(instant.toISOString(), locale);
  const mine = formatInstant(instant, myZone(), locale);
  return (
    <Muted>
      {zone === myZone() ? t('editor.thatIs', { when }) : t('editor.thatIsMine', { when, mine })}
    </Muted>
  );
}

function AtTime() {
  const { t } = useTranslation();
  const { watch } = useFormContext<Draft>();
  const [at, zone] = watch(['at', 'zone']);
  return (
    <>
      <Split>
        <Controller<Draft, 'at'>
          name="at"
          rules={{
            validate: (_, draft) => !isPast(draft, new Date()) || t('editor.inPast'),
          }}
          render={({ field, fieldState }) => (
            <DateTimeField
              dateLabel={t('editor.date')}
              timeLabel={t('editor.time')}
              value={field.value}
              onChange={field.onChange}
              earliest={instantToWall(new Date(), zone).slice(0, 10)}
              error={fieldState.error?.message}
            />
          )}
        />
        <Controller<Draft, 'zone'>
          name="zone"
          render={({ field }) => (
            <ZoneSelect label={t('editor.zone')} value={field.value} onChange={field.onChange} />
          )}
        />
      </Split>
      <OnMyClock at={at} zone={zone} />
    </>
  );
}

/** Now, or at a time on a named clock. */
export function WhenPart() {
  const { t } = useTranslation();
  const { watch } = useFormContext<Draft>();
  const when = watch('when');
  return (
    <Card title={t('editor.partWhen')}>
      <Stack>
        <Controller<Draft, 'when'>
          name="when"
          render={({ field }) => (
            <SegmentedControl
              aria-label={t('editor.partWhen')}
              value={field.value}
              onChange={field.onChange}
              data={[
                { value: 'once', label: t('editor.once') },
                { value: 'now', label: t('editor.now') },
              ]}
            />
          )}
        />
        {when === 'once' ? <AtTime /> : <Muted>{t('editor.nowHint')}</Muted>}
      </Stack>
    </Card>
  );
}
