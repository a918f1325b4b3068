import audit from '@/locales/es/audit.json';
import controls from '@/locales/es/controls.json';
import messages from '@/locales/es/messages.json';
import people from '@/locales/es/people.json';
import reasons from '@/locales/es/reasons.json';
import refusals from '@/locales/es/refusals.json';
import schedules from '@/locales/es/schedules.json';
import workspace from '@/locales/es/workspace.json';

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
