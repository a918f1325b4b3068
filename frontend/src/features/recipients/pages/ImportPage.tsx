import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { groupChoices } from '@/entities/group/groupQueries';
import { PeopleImport } from '@/entities/recipient/PeopleImport';
import { Allowed } from '@/ui/Allowed';
import { Card, Page, Stack } from '@/ui/Page';
import { type Option, Select } from '@/ui/Select';

/** Many people at once, straight into groups if wanted. */
export function ImportPage() {
  const { t } = useTranslation();
  const groups = useQuery(groupChoices);
  const [chosen, setChosen] = useState<Option[]>([]);
  return (
    <Page
      title={t('import.title')}
      lead={t('import.lead')}
      back={{ to: '/recipients', label: t('nav.recipients') }}
    >
      <Card>
        <Allowed scope="recipients:write">
          <Stack>
            <Select<true>
              isMulti
              label={t('import.groups')}
              options={(groups.data ?? []).map((g) => ({ value: g.id, label: g.name }))}
              value={chosen}
              onChange={(options) => setChosen([...options])}
            />
            <PeopleImport groupIds={chosen.map((o) => o.value)} />
          </Stack>
        </Allowed>
      </Card>
    </Page>
  );
}
