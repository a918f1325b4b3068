import audit from '@/locales/en/audit.json';
import controls from '@/locales/en/controls.json';
import messages from '@/locales/en/messages.json';
import people from '@/locales/en/people.json';
import reasons from '@/locales/en/reasons.json';
import refusals from '@/locales/en/refusals.json';
import schedules from '@/locales/en/schedules.json';
import workspace from '@/locales/en/workspace.json';

/** The words of the other pages, which come with them. */
export const rest = {
  ...audit,
  ...controls,
  ...schedules,
  ...people,
  ...messages,
  ...workspace,
  ...reasons,
  ...refusals,
};
