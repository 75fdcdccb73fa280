// The lists of both name families are whole, and the mapping between them has no hole.
import { describe, expect, it } from '@jest/globals';
import { currentEventNames, currentEvents, findCurrentEvent } from '../../domain/vocabulary/current-events.ts';
import {
  currentCategories,
  currentSeverities,
  currentSubcategories,
  notifications,
  permissions,
  visibilities,
} from '../../domain/vocabulary/current-words.ts';
import { places } from '../../domain/vocabulary/place.ts';
import type { Place } from '../../domain/vocabulary/place.ts';
import { resolveNames } from '../../domain/vocabulary/resolve-names.ts';
import type { ResolvedNames } from '../../domain/vocabulary/resolve-names.ts';
import { findV1Event, v1EventNames } from '../../domain/vocabulary/v1-events.ts';
import { v1Categories, v1Severities } from '../../domain/vocabulary/v1-words.ts';
import { currentNamesByHome, keptV1Names, ownV1NamesByCategory, uploadNames, v1NamesByCategory } from './expected-names.ts';

const idsAt: Readonly<Record<Place, object>> = {
  share: { share_id: 'shr_1', workspace_id: 'wks_1', org_id: 'org_1' },
  workspace: { workspace_id: 'wks_1', org_id: 'org_1' },
  org: { org_id: 'org_1' },
  nowhere: {},
};

describe('the v1 names', () => {
  it('when counted, then the published ones and the two added are there', () => {
    expect(Object.values(v1NamesByCategory).flat()).toHaveLength(50);
  });

  it.each(v1Categories)('when the category is %s, then exactly the expected names are in it', (category) => {
    const expected = [...v1NamesByCategory[category], ...ownV1NamesByCategory[category]].sort();
    const known = v1EventNames.filter((name) => findV1Event(name)?.category === category).sort();
    expect(known).toEqual(expected);
  });

  it('when walked at every place, then each has all words of both dialects and a known counterpart', () => {
    for (const name of v1EventNames) {
      for (const place of places) {
        const words = resolveNames({ event_type: name, outcome: 'success', ...idsAt[place] });
        expect(words.event_type).toBe(name);
        expect(findCurrentEvent(words.event)).toBeDefined();
        expectWhole(words);
      }
    }
  });

  it('when a name has no counterpart, then it keeps itself with underscores, and comes back from there', () => {
    for (const name of keptV1Names) {
      const kept = name.replaceAll('.', '_');
      expect(resolveNames({ event_type: name, outcome: 'success' }).event).toBe(kept);
      expect(resolveNames({ event: kept, outcome: 'success' }).event_type).toBe(name);
    }
  });

  it('when the name is known, then its action is what follows the area', () => {
    expect(findV1Event('file.create')?.action).toBe('create');
    expect(findV1Event('share.member_added')?.action).toBe('member_added');
  });

  it('when the name says what it is about, then the resource type is known', () => {
    expect(findV1Event('file.create')?.resource_type).toBe('file');
    expect(findV1Event('admin.settings_change')?.resource_type).toBe('config');
    expect(findV1Event('authz.permission_check')?.resource_type).toBeNull();
  });
});

describe('the /current names', () => {
  it('when counted, then the collected ones are there', () => {
    expect(Object.values(currentNamesByHome).flat()).toHaveLength(122);
  });

  it('when listed, then there are exactly the expected names, each once', () => {
    const expected = [...Object.values(currentNamesByHome).flat(), ...keptV1Names.map((name) => name.replaceAll('.', '_')), ...uploadNames];
    expect([...currentEventNames].sort()).toEqual(expected.sort());
    expect(currentEvents).toHaveLength(currentEventNames.length);
  });

  it('when a name has a home, then category and subcategory say so at every place', () => {
    for (const [home, names] of Object.entries(currentNamesByHome)) {
      const [category, subcategory] = home.split('/');
      for (const name of names) {
        for (const place of places) {
          const words = resolveNames({ event: name, outcome: 'success', ...idsAt[place] });
          expect([name, words.sub_category]).toEqual([name, subcategory]);
          if (category !== 'place') expect([name, words.current_category]).toEqual([name, category]);
        }
      }
    }
  });

  it('when walked at every place, then each has a known v1 name and all words of both dialects', () => {
    for (const name of currentEventNames) {
      for (const place of places) {
        const words = resolveNames({ event: name, outcome: 'success', ...idsAt[place] });
        expect(words.event).toBe(name);
        expect(findV1Event(words.event_type)?.category).toBe(words.category);
        expectWhole(words);
      }
    }
  });

  it('when the name is bookkeeping of the index, of sync or of preferences, then it is internal, and no other is', () => {
    const internal = currentEvents.filter((event) => event.visibility === 'internal').map((event) => event.name);
    expect(internal.sort()).toEqual([
      'node_ai_added_to_rag',
      'node_ai_removed_from_rag',
      'node_ai_state_set',
      'sync_force',
      'sync_preference_update',
    ]);
  });

  it('when the render hints are read, then each is a word of its list', () => {
    for (const event of currentEvents) {
      expect(currentSeverities).toContain(event.severity);
      expect(notifications).toContain(event.notification);
    }
  });
});

function expectWhole(words: ResolvedNames): void {
  expect(v1Categories).toContain(words.category);
  expect(v1Severities).toContain(words.severity);
  expect(words.action).not.toBe('');
  expect(currentCategories).toContain(words.current_category);
  expect(currentSubcategories).toContain(words.sub_category);
  expect(visibilities).toContain(words.visibility);
  expect(permissions).toContain(words.permission);
  expect(notifications).toContain(words.notification);
  expect(Array.isArray(words.activity)).toBe(true);
}
