import {
  CalendarClock,
  House,
  LayoutTemplate,
  type LucideIcon,
  MessageSquareText,
  Settings,
  Smartphone,
  UserRound,
  UsersRound,
} from 'lucide-react';

export type PlaceName =
  | 'home'
  | 'schedules'
  | 'messages'
  | 'recipients'
  | 'groups'
  | 'templates'
  | 'senders'
  | 'settings';

export interface Place {
  name: PlaceName;
  to: string;
  icon: LucideIcon;
}

/** What people work with every day. */
export const DAILY: Place[] = [
  { name: 'home', to: '/', icon: House },
  { name: 'schedules', to: '/schedules', icon: CalendarClock },
  { name: 'messages', to: '/messages', icon: MessageSquareText },
  { name: 'recipients', to: '/recipients', icon: UserRound },
];

/** What is set up once and looked at now and then. */
export const GROUPS: Place = { name: 'groups', to: '/groups', icon: UsersRound };

export const WHATSAPP: Place[] = [
  { name: 'templates', to: '/templates', icon: LayoutTemplate },
  { name: 'senders', to: '/senders', icon: Smartphone },
];

export const SETTINGS: Place = { name: 'settings', to: '/settings', icon: Settings };
