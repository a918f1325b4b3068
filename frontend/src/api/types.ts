/**
 * Shapes of the REST API, version 1. Instants are RFC 3339 in UTC with `Z`;
 * wall times are `YYYY-MM-DDTHH:MM` beside an IANA time zone; phones are E.164.
 */
export type Instant = string;

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
  total?: number | null;
}

export interface Workspace {
  id: string;
  name: string;
  timezone: string;
  country: string;
  locale: string;
  service_window: 'enforce' | 'ignore';
  marketing_requires_opt_in: boolean;
  version: number;
}

export interface AccessToken {
  access_token: string;
  token_type: 'bearer';
  expires_in: number;
}

export interface Me {
  id: string;
  email: string;
  name: string | null;
  role?: string;
}

export type SenderStatus = 'active' | 'paused' | 'disconnected';

export interface Sender {
  id: string;
  name: string;
  phone_number_id: string;
  waba_id: string;
  display_phone_number: string | null;
  verified_name: string | null;
  quality_rating: string | null;
  messaging_limit: number | null;
  messaging_used_24h: number | null;
  throughput_mps: number;
  status: SenderStatus;
  status_reason: string | null;
  version: number;
  created_at: Instant;
}

export interface TemplateSlot {
  /** Its place in a message's parameters, such as `body.1`. */
  path: string;
  section: 'header' | 'body' | 'buttons';
  kind: string;
  required: boolean;
}

export interface Template {
  id: string;
  waba_id: string;
  name: string;
  language: string;
  category: string;
  status: string;
  quality: string | null;
  rejected_reason: string | null;
  header: string | null;
  header_media: string | null;
  body: string;
  footer: string | null;
  buttons: { kind: string; label: string; url: string | null }[];
  slots: TemplateSlot[];
  unsupported: string[];
  synced_at: Instant;
}

export type Category = 'marketing' | 'utility' | 'authentication';
export type MessageKind = 'text' | 'template' | 'media' | 'interactive';

/** Slot by slot, nested as their paths say: `{"body": {"1": "{{ name }}"}}`. */
export interface TemplateParameters {
  [part: string]: string | TemplateParameters;
}

export interface Message {
  id: string;
  title: string;
  kind: MessageKind;
  content: string | null;
  template?: { template_id: string; parameters: TemplateParameters } | null;
  preview_url: boolean;
  variables: string[];
  category: Category;
  archived: boolean;
  version: number;
  created_at: Instant;
  updated_at: Instant;
}

export interface MessagePreview {
  rendered: string | null;
  payload: unknown;
  missing: string[];
}

export type MarketingConsent = 'opted_in' | 'opted_out' | 'unknown';

export interface Recipient {
  id: string;
  external_id: string | null;
  name: string | null;
  phone: string | null;
  country: string | null;
  language: string | null;
  timezone: string;
  attributes: Record<string, string | number | boolean>;
  group_ids: string[];
  consent: {
    marketing: MarketingConsent;
    all: 'allowed' | 'opted_out';
    source: string | null;
    at: Instant | null;
  };
  reachable: boolean;
  unreachable_reason: string | null;
  last_inbound_at: Instant | null;
  version: number;
  created_at: Instant;
}

export interface RecipientInput {
  name?: string;
  phone?: string;
  external_id?: string;
  country?: string;
  language?: string;
  timezone?: string;
  attributes?: Record<string, string>;
  group_ids?: string[];
  consent?: { marketing: MarketingConsent; source: string; evidence?: string };
}

export interface BulkResult {
  created: number;
  updated: number;
  skipped: number;
  errors: { index: number; field: string | null; code: string; message: string }[];
  warnings: { index: number; code: string }[];
}

export interface Group {
  id: string;
  name: string;
  description: string | null;
  kind: 'static' | 'dynamic';
  size: number;
  version: number;
  created_at: Instant;
}

export type DeliveryStatus =
  | 'scheduled'
  | 'sending'
  | 'accepted'
  | 'sent'
  | 'delivered'
  | 'read'
  | 'skipped'
  | 'expired'
  | 'cancelled'
  | 'failed'
  | 'unconfirmed';

export type Counts = { audience: number } & Record<DeliveryStatus, number>;

export type ScheduleStatus =
  | 'draft'
  | 'pending_approval'
  | 'scheduled'
  | 'sending'
  | 'paused'
  | 'completed'
  | 'cancelled'
  | 'failed'
  | 'archived';

export interface Audience {
  group_ids: string[];
  recipient_ids: string[];
  exclude_group_ids: string[];
}

export type Timing =
  | { kind: 'now' }
  | {
      kind: 'once';
      at: string;
      timezone?: string | null;
      zone_mode?: 'fixed' | 'recipient' | null;
    };

export interface ScheduleInput {
  name?: string;
  message_id: string;
  sender_id: string;
  audience: Audience;
  timing: Timing;
}

export interface Schedule extends ScheduleInput {
  id: string;
  name: string;
  status: ScheduleStatus;
  next_occurrence_at: Instant | null;
  counts: Counts;
  version: number;
  created_at: Instant;
  updated_at: Instant;
}

export interface Occurrence {
  id: string | null;
  schedule_id: string;
  due_at: Instant;
  status: string;
  status_reason: string | null;
  counts: Counts;
  finishes_at: Instant | null;
}

export interface Forecast {
  audience: number;
  will_send: number;
  skipped: Record<string, number>;
  first_at: Instant | null;
  last_at: Instant | null;
  finishes_at: Instant | null;
  throughput_mps: number | null;
  warnings: unknown[];
}

export interface Reason {
  code: string;
  title: string;
  explanation: string;
  action: string | null;
  meta_code?: number | null;
}

export interface Delivery {
  id: string;
  origin: 'schedule' | 'direct' | 'test' | 'reply';
  schedule_id: string | null;
  occurrence_id: string | null;
  reference: string | null;
  message_id: string | null;
  sender_id: string;
  recipient: { id: string; name: string | null; phone: string | null };
  status: DeliveryStatus;
  reason: Reason | null;
  due_at: Instant | null;
  attempts: number;
  wamid: string | null;
  created_at: Instant;
}

export interface TimelineEntry {
  at: Instant;
  source: 'planner' | 'dispatcher' | 'webhook' | 'person' | 'api';
  event: string;
  detail: unknown;
}

export interface DeliveryDetail extends Delivery {
  rendered: unknown;
  timeline: TimelineEntry[];
}

export interface ApiKey {
  id: string;
  name: string;
  prefix: string;
  scopes: string[];
  expires_at?: Instant | null;
  last_used_at?: Instant | null;
  created_at?: Instant;
}
