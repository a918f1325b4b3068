import { type ComponentType, lazy } from 'react';
import { Route, Routes } from 'react-router';

import { NotFound } from '@/app/NotFound';
import { RequireSession } from '@/app/RequireSession';
import { loadAllWords } from '@/lib/i18n';

/** The first screens: their code and words are kept small. */
const firstPage = (load: () => Promise<ComponentType>) =>
  lazy(async () => ({ default: await load() }));

/** The other pages' code is fetched when their route is opened, with the rest of the words. */
const page = (load: () => Promise<ComponentType>) =>
  lazy(async () => {
    const [component] = await Promise.all([load(), loadAllWords()]);
    return { default: component };
  });

const Shell = firstPage(async () => (await import('@/app/shell/Shell')).Shell);
const LoginPage = firstPage(
  async () => (await import('@/features/auth/pages/LoginPage')).LoginPage,
);
const SetupPage = page(async () => (await import('@/features/setup/pages/SetupPage')).SetupPage);
const StepsPage = page(async () => (await import('@/features/setup/pages/StepsPage')).StepsPage);
const HomePage = firstPage(async () => (await import('@/features/home/pages/HomePage')).HomePage);
const SchedulesPage = page(
  async () => (await import('@/features/schedules/pages/SchedulesPage')).SchedulesPage,
);
const EditorPage = page(
  async () => (await import('@/features/schedules/pages/EditorPage')).EditorPage,
);
const SchedulePage = page(
  async () => (await import('@/features/schedules/pages/SchedulePage')).SchedulePage,
);
const DeliveryPage = page(
  async () => (await import('@/features/schedules/pages/DeliveryPage')).DeliveryPage,
);
const MessagesPage = page(
  async () => (await import('@/features/messages/pages/MessagesPage')).MessagesPage,
);
const MessagePage = page(
  async () => (await import('@/features/messages/pages/MessagePage')).MessagePage,
);
const TemplatesPage = page(
  async () => (await import('@/features/templates/pages/TemplatesPage')).TemplatesPage,
);
const RecipientsPage = page(
  async () => (await import('@/features/recipients/pages/RecipientsPage')).RecipientsPage,
);
const ImportPage = page(
  async () => (await import('@/features/recipients/pages/ImportPage')).ImportPage,
);
const RecipientPage = page(
  async () => (await import('@/features/recipients/pages/RecipientPage')).RecipientPage,
);
const GroupsPage = page(
  async () => (await import('@/features/groups/pages/GroupsPage')).GroupsPage,
);
const GroupPage = page(async () => (await import('@/features/groups/pages/GroupPage')).GroupPage);
const SendersPage = page(
  async () => (await import('@/features/senders/pages/SendersPage')).SendersPage,
);
const SenderPage = page(
  async () => (await import('@/features/senders/pages/SenderPage')).SenderPage,
);
const InvitationPage = page(
  async () => (await import('@/features/members/pages/InvitationPage')).InvitationPage,
);
const SettingsLayout = page(
  async () => (await import('@/features/settings/pages/SettingsLayout')).SettingsLayout,
);
const TeamPage = page(async () => (await import('@/features/members/pages/TeamPage')).TeamPage);
const ApiKeys = page(async () => (await import('@/features/settings/components/ApiKeys')).ApiKeys);
const AuditPage = page(async () => (await import('@/features/audit/pages/AuditPage')).AuditPage);
const AccountPage = page(
  async () => (await import('@/features/account/pages/AccountPage')).AccountPage,
);
const SettingsPage = page(
  async () => (await import('@/features/settings/pages/SettingsPage')).SettingsPage,
);

export function AppRoutes() {
  return (
    <Routes>
      <Route path="login" element={<LoginPage />} />
      <Route path="setup" element={<SetupPage />} />
      <Route path="invitation" element={<InvitationPage />} />
      <Route element={<RequireSession />}>
        <Route path="setup/steps" element={<StepsPage />} />
        <Route element={<Shell />}>
          <Route index element={<HomePage />} />
          <Route path="schedules" element={<SchedulesPage />} />
          <Route path="schedules/new" element={<EditorPage />} />
          <Route path="schedules/:id" element={<SchedulePage />} />
          <Route path="deliveries/:id" element={<DeliveryPage />} />
          <Route path="messages" element={<MessagesPage />} />
          <Route path="messages/:id" element={<MessagePage />} />
          <Route path="templates" element={<TemplatesPage />} />
          <Route path="recipients" element={<RecipientsPage />} />
          <Route path="recipients/import" element={<ImportPage />} />
          <Route path="recipients/:id" element={<RecipientPage />} />
          <Route path="groups" element={<GroupsPage />} />
          <Route path="groups/:id" element={<GroupPage />} />
          <Route path="senders" element={<SendersPage />} />
          <Route path="senders/:id" element={<SenderPage />} />
          <Route path="settings" element={<SettingsLayout />}>
            <Route index element={<SettingsPage />} />
            <Route path="team" element={<TeamPage />} />
            <Route path="api-keys" element={<ApiKeys />} />
            <Route path="audit" element={<AuditPage />} />
            <Route path="account" element={<AccountPage />} />
          </Route>
          <Route path="*" element={<NotFound />} />
        </Route>
      </Route>
    </Routes>
  );
}
