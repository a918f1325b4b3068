import { Button } from '@mantine/core';
import { Check } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';

import { PeopleImport } from '@/entities/recipient/PeopleImport';
import styles from '@/features/setup/components/Steps.module.css';
import { MessageStep, NumberStep, SendStep } from '@/features/setup/components/StepForms';
import { useUrlValue } from '@/lib/urlState';
import { FrontDoor } from '@/ui/FrontDoor';

const STEPS = ['number', 'people', 'message', 'send'] as const;
type StepName = (typeof STEPS)[number];

function Progress({ at }: { at: number }) {
  const { t } = useTranslation();
  return (
    <ol className={styles.progress}>
      {STEPS.map((step, i) => (
        <li key={step} aria-current={i === at ? 'step' : undefined} data-done={i < at || undefined}>
          <Link to={`?step=${step}`}>
            <span className={styles.dot} aria-hidden>
              {i < at ? <Check size={14} /> : i + 1}
            </span>
            {t(`setup.short.${step}`)}
          </Link>
        </li>
      ))}
    </ol>
  );
}

/** Number, people, message, send: each can be skipped and is found again on Home. */
export function StepsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [wanted, setStep] = useUrlValue('step');
  const step: StepName = STEPS.find((s) => s === wanted) ?? 'number';
  const at = STEPS.indexOf(step);
  const next = (): void => {
    const following = STEPS[at + 1];
    if (following === undefined) void navigate('/');
    else setStep(following);
  };
  return (
    <FrontDoor title={t(`home.steps.${step}`)} lead={t(`setup.why.${step}`)} wide>
      <Progress at={at} />
      {step === 'number' && <NumberStep onDone={next} />}
      {step === 'people' && <PeopleImport />}
      {step === 'message' && <MessageStep onDone={next} />}
      {step === 'send' && <SendStep />}
      <div className={styles.foot}>
        <Button variant="subtle" onClick={next}>
          {step === 'send' ? t('setup.toHome') : t('setup.next')}
        </Button>
      </div>
    </FrontDoor>
  );
}
