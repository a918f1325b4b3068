import { Copy, ExternalLink, ImageIcon, Phone, Reply } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import styles from '@/ui/PhonePreview.module.css';
import { useLocale } from '@/lib/i18n';
import { formatClock } from '@/lib/time';
import { type Mark, parseRuns } from '@/ui/waFormat';

export interface PhoneButton {
  kind: string;
  text: string;
}

/** A message as a phone shows it, with every variable filled in. */
export interface PhoneMessage {
  header?: string;
  /** Kind of media in the header: image, video, document or location. */
  media?: string;
  body: string;
  footer?: string;
  buttons?: PhoneButton[];
}

const WRAP: Record<Mark, (inner: ReactNode) => ReactNode> = {
  bold: (inner) => <strong>{inner}</strong>,
  italic: (inner) => <em>{inner}</em>,
  strike: (inner) => <s>{inner}</s>,
  mono: (inner) => <code className={styles.mono}>{inner}</code>,
  code: (inner) => <code className={`${styles.mono} ${styles.code}`}>{inner}</code>,
};

/** Text with WhatsApp's formatting applied; line breaks are kept. */
export function FormattedText({ text }: { text: string }) {
  return parseRuns(text).map((run, i) => (
    <span key={i}>{run.marks.reduceRight<ReactNode>((inner, m) => WRAP[m](inner), run.text)}</span>
  ));
}

const BUTTON_ICONS: Record<string, typeof Reply> = {
  url: ExternalLink,
  phone_number: Phone,
  copy_code: Copy,
};

function PreviewButton({ button }: { button: PhoneButton }) {
  const Icon = BUTTON_ICONS[button.kind.toLowerCase()] ?? Reply;
  return (
    <div className={styles.button}>
      <Icon size={14} aria-hidden />
      {button.text}
    </div>
  );
}

function Bubble({ message, time }: { message: PhoneMessage; time: string }) {
  return (
    <div className={styles.bubble}>
      <div className={styles.content}>
        {message.media !== undefined && (
          <div className={styles.media}>
            <ImageIcon size={28} aria-hidden />
            {message.media}
          </div>
        )}
        {message.header && <div className={styles.header}>{message.header}</div>}
        <div className={styles.body}>
          <FormattedText text={message.body} />
        </div>
        {message.footer && <div className={styles.footer}>{message.footer}</div>}
      </div>
      <div className={styles.time} aria-hidden>
        {time}
      </div>
      {message.buttons?.map((button, i) => (
        <PreviewButton key={i} button={button} />
      ))}
    </div>
  );
}

interface Props {
  sender: string;
  message: PhoneMessage | null;
  /** When it was sent, told by the clock of `zone`; without it a sample time stands there. */
  at?: string | null;
  zone?: string;
}

/** The recipient's screen. Null shows an empty chat that says what will come here. */
export function PhonePreview({ sender, message, at = null, zone = 'UTC' }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <figure className={styles.phone} aria-label={t('phone.label')}>
      <div className={styles.bar}>
        <span className={styles.avatar} aria-hidden>
          {(sender[0] ?? '·').toUpperCase()}
        </span>
        <div className={styles.who}>
          {sender}
          <div className={styles.kind}>{t('phone.business')}</div>
        </div>
      </div>
      {/* A long message scrolls, so the keyboard must reach it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={styles.chat} tabIndex={0} role="group" aria-label={t('phone.chat')}>
        {message && message.body !== '' ? (
          <Bubble message={message} time={at === null ? '09:00' : formatClock(at, zone, locale)} />
        ) : (
          <p className={styles.blank}>{t('phone.blank')}</p>
        )}
      </div>
    </figure>
  );
}
