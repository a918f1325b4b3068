import common from '@/locales/en/common.json';
import messages from '@/locales/en/messages.json';
import people from '@/locales/en/people.json';
import reasons from '@/locales/en/reasons.json';
import schedules from '@/locales/en/schedules.json';
import workspace from '@/locales/en/workspace.json';

export const en = { ...common, ...schedules, ...people, ...messages, ...workspace, ...reasons };
