import type {
  Counts,
  Delivery,
  Group,
  Me,
  Member,
  Message,
  Recipient,
  Schedule,
  Sender,
} from '@/api/types';

const AT = '2026-11-24T10:00:00.000Z';

const AREAS = ['messages', 'recipients', 'groups', 'schedules', 'deliveries', 'senders'];
const READ = AREAS.map((area) => `${area}:read`);

/** Who is logged in: an owner, or by `scopes` somebody who may do less. */
export const me = (some: Partial<Me> = {}): Me => ({
  user: { id: 'u1', email: 'ana@example.com', name: 'Ana Sol', role: 'owner' },
  api_key: null,
  workspace: { id: 'w1', name: 'Aurora', timezone: 'UTC', country: 'MX', locale: 'en' },
  scopes: [...READ, ...AREAS.map((area) => `${area}:write`), 'admin'],
  workspaces: [{ id: 'w1', name: 'Aurora', role: 'owner' }],
  ...some,
});

/** The same for somebody who may only look. */
export const viewer = (): Me =>
  me({
    user: { id: 'u2', email: 'eva@example.com', name: 'Eva', role: 'viewer' },
    scopes: READ,
  });

export const member = (some: Partial<Member> = {}): Member => ({
  id: 'u1',
  email: 'ana@example.com',
  name: 'Ana Sol',
  role: 'owner',
  version: 1,
  created_at: AT,
  ...some,
});

export const counts = (some: Partial<Counts> = {}): Counts => {
  const zero: Counts = {
    audience: 0,
    scheduled: 0,
    sending: 0,
    accepted: 0,
    sent: 0,
    delivered: 0,
    read: 0,
    skipped: 0,
    expired: 0,
    cancelled: 0,
    failed: 0,
    unconfirmed: 0,
  };
  const filled = { ...zero, ...some };
  const audience = Object.values(filled).reduce((sum, n) => sum + n, 0);
  return { ...filled, audience };
};

export const sender = (some: Partial<Sender> = {}): Sender => ({
  id: 's1',
  name: 'Main',
  phone_number_id: '1048',
  waba_id: '2048',
  display_phone_number: '+52 55 5555 0100',
  verified_name: 'Aurora',
  quality_rating: 'GREEN',
  messaging_limit: null,
  messaging_used_24h: null,
  messaging_room_at: null,
  throughput_mps: 80,
  status: 'active',
  status_reason: null,
  paused_until: null,
  version: 1,
  created_at: AT,
  ...some,
});

export const message = (some: Partial<Message> = {}): Message => ({
  id: 'm1',
  title: 'Weekly offer',
  kind: 'text',
  content: 'Hello {{ name }}',
  template: null,
  media: null,
  interactive: null,
  preview_url: false,
  variables: ['name'],
  category: 'utility',
  archived: false,
  version: 1,
  created_at: AT,
  updated_at: AT,
  ...some,
});

export const group = (some: Partial<Group> = {}): Group => ({
  id: 'g1',
  name: 'Readers',
  description: '',
  kind: 'static',
  filter: null,
  size: 1204,
  version: 1,
  created_at: AT,
  ...some,
});

export const recipient = (some: Partial<Recipient> = {}): Recipient => ({
  id: 'r1',
  external_id: null,
  name: 'Marta Ruiz',
  phone: '+525555550101',
  whatsapp_user_id: null,
  wa_id: null,
  username: null,
  country: 'MX',
  language: 'es',
  timezone: 'America/Mexico_City',
  timezone_source: 'phone',
  attributes: { city: 'Puebla' },
  group_ids: [],
  consent: { marketing: 'opted_in', all: 'allowed', source: 'web', at: AT },
  reachable: true,
  unreachable_reason: null,
  undeliverable_count: 0,
  undeliverable_at: null,
  marketing_paused_until: null,
  last_inbound_at: null,
  version: 1,
  created_at: AT,
  ...some,
});

export const schedule = (some: Partial<Schedule> = {}): Schedule => ({
  id: 'c1',
  name: 'Weekly offer',
  message_id: 'm1',
  message_version: 1,
  sender_id: 's1',
  audience: { group_ids: ['g1'], recipient_ids: [], exclude_group_ids: [] },
  timing: { kind: 'once', at: '2026-12-01T09:00', timezone: 'America/Mexico_City' },
  window: null,
  max_rate_mps: null,
  expires_after_s: 14400,
  passed_zone: 'expire',
  daily_limit: 'spread',
  when_unconfirmed: 'hold',
  priority: 'campaign',
  resend_after_s: null,
  service_window: null,
  reference: null,
  metadata: {},
  status: 'sending',
  blocked_by: null,
  waits_until: null,
  message_update_available: false,
  next_occurrence_at: null,
  counts: counts(),
  created_by: null,
  approved_by: null,
  version: 1,
  created_at: AT,
  updated_at: AT,
  ...some,
});

export const delivery = (some: Partial<Delivery> = {}): Delivery => ({
  id: 'd1',
  origin: 'schedule',
  schedule_id: 'c1',
  occurrence_id: 'o1',
  reference: null,
  metadata: null,
  message_id: 'm1',
  sender_id: 's1',
  recipient: { id: 'r1', name: 'Marta Ruiz', phone: '+525555550101' },
  status: 'delivered',
  reason: null,
  due_at: AT,
  attempts: 1,
  wamid: null,
  accepted_at: null,
  sent_at: null,
  delivered_at: null,
  read_at: null,
  failed_at: null,
  pricing: null,
  message_status: null,
  stale_since: null,
  duplicate_suspected: false,
  created_at: AT,
  ...some,
});
