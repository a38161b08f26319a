// Deciding by hand, in English; the other languages have the same.

export const EN_DECIDING = {
  'add.title': 'Decide something',
  'add.value': 'Address or range',
  'add.valueHint': '203.0.113.7 or 203.0.113.0/24',
  'add.what': 'What is done',
  'add.duration': 'For how long',
  'add.reason': 'Why (for those who ask later)',
  'add.submit': 'Decide',
  'add.done': '{value}: {what} until {when}',
  'decide.list': 'Import a list',
  'decide.extend': 'Keep out for longer',
  'decide.values': 'Addresses and ranges, one a line',
  'decide.valuesHint': 'At most {most}. Longer lists: parapet decisions import FILE',
  'decide.file': 'Or from a file',
  'decide.listed': 'One decision is made|{n} decisions are made',
  'decide.refused': 'Left out: one ({value})|Left out: {n} ({value})',
  'decide.you': 'You are among them: this is your own address.',
  'decide.targets': 'One address or range can be read|{n} addresses and ranges can be read',
  'decide.logins':
    'One address there logged in to the site in the last 30 days:|{n} addresses there logged in to the site in the last 30 days:',
  'decide.people':
    'One address there passed the check, has a session or wrote to you this week.|{n} addresses there passed the check, have a session or wrote to you this week.',
  'decide.nobody':
    'Nobody came from there today whom the site answered as usual.|Nobody came from there in the last {n} days whom the site answered as usual.',
  'decide.visits':
    'The site answered {requests} requests from there as usual today, of {addresses}.|The site answered {requests} requests from there as usual in the last {n} days, of {addresses}.',
  'decide.visitsAbout':
    'The site answered about {requests} requests from there as usual today, of about {addresses}.|The site answered about {requests} requests from there as usual in the last {n} days, of about {addresses}.',
  'decide.covered': 'A decision in force covers this already|Decisions in force cover {n} of them already',
  'decide.inside': 'One decision in force lies inside|{n} decisions in force lie inside',
  'decide.more': 'and one more|and {n} more',
  'decide.force': 'I have looked at whom it would hit, and want it all the same',
  'length.1h': 'an hour',
  'length.4h': 'four hours',
  'length.1d': 'a day',
  'length.7d': 'a week',
  'length.30d': '30 days',
  'length.365d': 'a year',
} as const;

export type DecidingWord = keyof typeof EN_DECIDING;
