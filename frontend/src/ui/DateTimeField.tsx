import '@/ui/datepicker.css';

import { format, parse } from 'date-fns';
import { enGB } from 'date-fns/locale/en-GB';
import { es } from 'date-fns/locale/es';
import { useId } from 'react';
import DatePicker, { registerLocale } from 'react-datepicker';
import { useTranslation } from 'react-i18next';

import styles from '@/ui/DateTimeField.module.css';

registerLocale('en', enGB);
registerLocale('es', es);

interface Props {
  dateLabel: string;
  timeLabel: string;
  /** Wall time `YYYY-MM-DDTHH:MM`, in whatever zone stands beside it. */
  value: string;
  onChange: (wall: string) => void;
  /** First day that can be chosen, `YYYY-MM-DD`. */
  earliest?: string;
  error?: string;
}

/** Calendar day for the date picker, held at noon, which no zone's clock skips. */
const dayToDate = (day: string): Date => parse(`${day} 12`, 'yyyy-MM-dd HH', new Date());
const dateToDay = (date: Date): string => format(date, 'yyyy-MM-dd');

/** A day on which hardly any zone moves its clocks, to carry a time of day. */
const timeToDate = (time: string): Date =>
  parse(`2001-01-15 ${time}`, 'yyyy-MM-dd HH:mm', new Date());

/**
 * Day and time of day as two pickers. They are kept as text: a Date would be
 * read in the browser's zone and moved by its clock changes.
 */
export function DateTimeField({ dateLabel, timeLabel, value, onChange, earliest, error }: Props) {
  const { i18n } = useTranslation();
  const id = useId();
  const [day = '', time = ''] = value.split('T');
  const shared = {
    locale: i18n.resolvedLanguage === 'es' ? 'es' : 'en',
    className: styles.input,
    ariaInvalid: error === undefined ? undefined : 'true',
    ariaDescribedBy: error === undefined ? undefined : `${id}-error`,
    popperPlacement: 'bottom-start' as const,
    showPopperArrow: false,
  };
  return (
    <div>
      <div className={styles.pair}>
        <div className={styles.date}>
          <label className={styles.label} htmlFor={`${id}-d`}>
            {dateLabel}
          </label>
          <DatePicker
            {...shared}
            id={`${id}-d`}
            dateFormat="EEE d MMM yyyy"
            selected={day === '' ? null : dayToDate(day)}
            minDate={earliest === undefined ? undefined : dayToDate(earliest)}
            onChange={(date: Date | null) => {
              if (date) onChange(`${dateToDay(date)}T${time}`);
            }}
          />
        </div>
        <div className={styles.time}>
          <label className={styles.label} htmlFor={`${id}-t`}>
            {timeLabel}
          </label>
          <DatePicker
            {...shared}
            id={`${id}-t`}
            showTimeSelect
            showTimeSelectOnly
            timeIntervals={15}
            timeCaption={timeLabel}
            timeFormat="HH:mm"
            dateFormat="HH:mm"
            selected={time === '' ? null : timeToDate(time)}
            onChange={(date: Date | null) => {
              if (date) onChange(`${day}T${format(date, 'HH:mm')}`);
            }}
          />
        </div>
      </div>
      {error !== undefined && (
        <div className={styles.error} id={`${id}-error`} role="alert">
          {error}
        </div>
      )}
    </div>
  );
}
