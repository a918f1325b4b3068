/**
 * Short names for the generated shapes, and the few the OpenAPI file leaves open.
 * Instants are RFC 3339 in UTC with `Z`; phones are E.164.
 */
import type { components } from '@/api/schema';

type Schemas = components['schemas'];

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export type Workspace = Schemas['WorkspaceOut'];
export type AccessToken = Schemas['TokenOut'];
export type Me = Schemas['MeOut'];
export type Member = Schemas['MemberOut'];
export type Invitation = Schemas['InvitationOut'];
export type NewInvitation = Schemas['NewInvitationOut'];
export type Role = Member['role'];
export type Session = Schemas['SessionOut'];
export type AuditEntry = Schemas['AuditEntryOut'];
export type ApiKey = Schemas['ApiKeyOut'];
export type NewApiKey = Schemas['NewApiKeyOut'];
export type Sender = Schemas['SenderOut'];
export type Template = Schemas['TemplateOut'];
export type TemplateSlot = Schemas['SlotOut'];
export type Recipient = Schemas['RecipientOut'];
export type RecipientInput = Partial<Schemas['RecipientIn']>;
export type MarketingConsent = Recipient['consent']['marketing'];
export type BulkResult = Schemas['BulkOut'];
export type Group = Schemas['GroupOut'];
export type MessagePreview = Schemas['PreviewOut'];
export type Category = Schemas['MessageOut']['category'];

/** Slot by slot, nested as their paths say: `{"body": {"1": "{{ name }}"}}`. */
export interface TemplateParameters {
  [part: string]: string | TemplateParameters;
}

export type Message = Omit<Schemas['MessageOut'], 'template'> & {
  template: { template_id: string; parameters: TemplateParameters } | null;
};

export type Counts = Schemas['CountsOut'];
export type Audience = Schemas['AudienceOut'];

/** `at` is a wall time beside its zone, or an instant with an offset. */
export type Timing =
  { kind: 'now' } | { kind: 'once'; at: string; timezone?: string; zone_mode?: 'fixed' };

export type Schedule = Omit<Schemas['ScheduleOut'], 'timing'> & { timing: Timing };

export type ScheduleStatus = Schedule['status'];

export interface ScheduleInput {
  name: string;
  message_id: string;
  sender_id: string;
  audience: Audience;
  timing: Timing;
  /** What becomes of a message whose answer was lost. */
  when_unconfirmed: WhenUnconfirmed;
}

export type WhenUnconfirmed = 'hold' | 'resend';

export type Occurrence = Schemas['OccurrenceOut'];

export type Delivery = Schemas['DeliveryOut'];
export type DeliveryDetail = Schemas['DeliveryProofOut'];
export type ResolutionSums = Schemas['ResolutionsOut'];
export type DeliveryStatus = Delivery['status'];
export type Reason = Schemas['ReasonOut'];
export type TimelineEntry = Schemas['TimelineEntryOut'];
