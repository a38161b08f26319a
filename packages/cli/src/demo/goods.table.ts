// What the demo shop sells and writes about; all of it is made up.

export interface Good {
  readonly slug: string;
  readonly name: string;
  readonly price: string;
  readonly colour: string;
  readonly text: string;
}

export const GOODS: readonly Good[] = [
  {
    slug: 'marmande-tomato',
    name: 'Tomato “Marmande”',
    price: '2.90',
    colour: '#c8452f',
    text: 'Large ribbed fruits that ripen outdoors, even in a poor summer. Sow indoors in March.',
  },
  {
    slug: 'blue-lake-bean',
    name: 'Climbing bean “Blue Lake”',
    price: '3.40',
    colour: '#4f7a3a',
    text: 'Stringless and patient: it waits for you to come home from your holidays.',
  },
  {
    slug: 'nantes-carrot',
    name: 'Carrot “Nantes”',
    price: '2.50',
    colour: '#d9822b',
    text: 'Straight where the soil is loose, amusing where it is not. Sweet in both cases.',
  },
  {
    slug: 'red-orach',
    name: 'Red orach',
    price: '2.20',
    colour: '#8b2f5a',
    text: 'A spinach of former times that grows as tall as you and never asks for anything.',
  },
  {
    slug: 'sweet-pea-mixture',
    name: 'Sweet pea, mixture',
    price: '2.80',
    colour: '#8e6bb5',
    text: 'The more you cut, the more they flower. Soak the seeds for a night.',
  },
  {
    slug: 'winter-purslane',
    name: 'Winter purslane',
    price: '2.10',
    colour: '#6f8f4e',
    text: 'Salad in January from a bed that looked empty.',
  },
];

export interface Post {
  readonly slug: string;
  readonly title: string;
  readonly date: string;
  readonly text: string;
}

export const POSTS: readonly Post[] = [
  {
    slug: 'sowing-in-march',
    title: 'What to sow in March, and what to leave in its packet',
    date: '2 March',
    text: 'Every window sill is full by the tenth of the month, and every year half of it was too early. Tomatoes may begin; beans may not, however warm that one afternoon was.',
  },
  {
    slug: 'seeds-keep-longer',
    title: 'Seeds keep longer than their packets say',
    date: '11 February',
    text: 'Put ten on wet paper, roll it up and look after a week. If seven have sprouted, sow them a little more densely and save the money for something new.',
  },
  {
    slug: 'slugs',
    title: 'Slugs: an honest report',
    date: '20 January',
    text: 'We tried coffee, copper, beer and wool. We counted for a whole summer. The best result by far came from going out with a torch at ten in the evening.',
  },
];
