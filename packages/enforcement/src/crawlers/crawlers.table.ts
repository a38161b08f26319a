// Crawlers that fetch pages for AI, as they call themselves, and where their operators say what they are for and from
// which addresses they come. Ranges are copies of the lists named beside them, the newest that were to be had in November
// 2026; where an operator publishes none, or hundreds that change by the week, a crawler is taken at its word.

/**
 * `training`: its pages may become training data of models. `search`: it builds an index that AI answers link to.
 * `user`: it fetches a page because a person has just asked for it. `undocumented`: its operator does not say.
 */
export type CrawlerPurpose = 'training' | 'search' | 'user' | 'undocumented';

export interface CrawlerRow {
  /** Its name in robots.txt, and in the configuration. */
  readonly name: string;
  readonly operator: string;
  readonly purpose: CrawlerPurpose;
  /** What its User-Agent holds, in lower case; the name when absent. */
  readonly token?: string;
  /** It is obeyed in robots.txt and never sent: pages are fetched under another name. */
  readonly isOnlyInRobots?: true;
  /** Where the operator publishes its ranges. */
  readonly publishedAt?: string;
  readonly ranges?: readonly string[];
}

export const CRAWLERS: readonly CrawlerRow[] = [
  {
    name: 'GPTBot',
    operator: 'OpenAI',
    purpose: 'training',
    publishedAt: 'https://openai.com/gptbot.json',
    ranges: [
      '4.227.36.0/25',
      '20.125.66.80/28',
      '20.171.206.0/23',
      '52.230.152.0/24',
      '74.7.175.128/25',
      '74.7.227.0/24',
      '74.7.228.0/25',
      '74.7.230.0/25',
      '74.7.241.0/24',
      '74.7.242.0/25',
      '74.7.243.128/25',
      '74.7.244.0/25',
      '132.196.86.0/24',
      '172.182.202.0/25',
      '172.182.204.0/24',
      '172.182.207.0/25',
      '172.182.214.0/23',
    ],
  },
  { name: 'OAI-SearchBot', operator: 'OpenAI', purpose: 'search' },
  { name: 'ChatGPT-User', operator: 'OpenAI', purpose: 'user' },
  {
    name: 'ClaudeBot',
    operator: 'Anthropic',
    purpose: 'training',
    publishedAt: 'https://claude.com/crawling/bots.json',
    ranges: [
      '34.11.34.31/32',
      '34.85.172.162/32',
      '34.150.241.79/32',
      '34.162.191.81/32',
      '34.162.230.222/32',
      '34.162.244.71/32',
      '34.182.140.95/32',
      '34.182.161.143/32',
      '34.182.218.27/32',
      '34.182.220.85/32',
      '34.182.222.37/32',
      '34.182.225.167/32',
      '34.182.226.151/32',
      '34.182.226.221/32',
      '34.186.108.163/32',
      '35.221.29.174/32',
      '35.245.89.239/32',
      '35.245.175.129/32',
      '136.107.176.208/32',
      '216.73.216.0/22',
    ],
  },
  { name: 'anthropic-ai', operator: 'Anthropic', purpose: 'undocumented' },
  { name: 'Claude-Web', operator: 'Anthropic', purpose: 'undocumented' },
  { name: 'Claude-SearchBot', operator: 'Anthropic', purpose: 'search' },
  { name: 'Claude-User', operator: 'Anthropic', purpose: 'user' },
  { name: 'Google-Extended', operator: 'Google', purpose: 'training', isOnlyInRobots: true },
  { name: 'Google-CloudVertexBot', operator: 'Google', purpose: 'training' },
  { name: 'GoogleOther', operator: 'Google', purpose: 'undocumented' },
  { name: 'Google-NotebookLM', operator: 'Google', purpose: 'user' },
  { name: 'Applebot-Extended', operator: 'Apple', purpose: 'training', isOnlyInRobots: true },
  { name: 'Amazonbot', operator: 'Amazon', purpose: 'training' },
  { name: 'Amzn-SearchBot', operator: 'Amazon', purpose: 'search' },
  { name: 'Amzn-User', operator: 'Amazon', purpose: 'user' },
  { name: 'bedrockbot', operator: 'Amazon', purpose: 'undocumented' },
  { name: 'meta-externalagent', operator: 'Meta', purpose: 'training' },
  { name: 'FacebookBot', operator: 'Meta', purpose: 'training' },
  { name: 'meta-webindexer', operator: 'Meta', purpose: 'search' },
  { name: 'meta-externalfetcher', operator: 'Meta', purpose: 'user' },
  {
    name: 'CCBot',
    operator: 'Common Crawl',
    purpose: 'training',
    publishedAt: 'https://index.commoncrawl.org/ccbot.json',
    ranges: [
      '3.41.188.32/29',
      '18.97.9.168/29',
      '18.97.14.80/29',
      '18.97.14.88/30',
      '98.85.178.216/32',
      '2600:1f28:365:8000::/56',
    ],
  },
  {
    name: 'PerplexityBot',
    operator: 'Perplexity',
    purpose: 'search',
    publishedAt: 'https://www.perplexity.ai/perplexitybot.json',
    ranges: [
      '3.211.124.183/32',
      '3.222.232.239/32',
      '3.224.62.45/32',
      '3.231.139.107/32',
      '18.97.1.228/30',
      '18.97.9.96/29',
      '18.97.21.0/30',
      '18.97.43.80/29',
      '18.210.92.235/32',
      '34.193.163.52/32',
      '44.208.221.197/32',
      '107.20.236.150/32',
    ],
  },
  {
    name: 'Perplexity-User',
    operator: 'Perplexity',
    purpose: 'user',
    publishedAt: 'https://www.perplexity.ai/perplexity-user.json',
    ranges: ['18.97.21.0/30', '34.193.163.52/32', '44.208.221.197/32'],
  },
  {
    name: 'MistralAI-User',
    operator: 'Mistral AI',
    purpose: 'user',
    publishedAt: 'https://mistral.ai/mistralai-user-ips.json',
    ranges: ['20.240.160.1/32', '20.240.160.161/32', '20.240.194.83/32', '51.12.243.114/32'],
  },
  { name: 'Bytespider', operator: 'ByteDance', purpose: 'training' },
  { name: 'TikTokSpider', operator: 'ByteDance', purpose: 'undocumented' },
  { name: 'DeepSeekBot', operator: 'DeepSeek', purpose: 'training' },
  { name: 'cohere-training-data-crawler', operator: 'Cohere', purpose: 'training' },
  { name: 'cohere-ai', operator: 'Cohere', purpose: 'undocumented' },
  { name: 'AI2Bot', operator: 'Ai2', purpose: 'training' },
  { name: 'Diffbot', operator: 'Diffbot', purpose: 'training' },
  { name: 'omgili', operator: 'Webz.io', purpose: 'training' },
  { name: 'Timpibot', operator: 'Timpi', purpose: 'training' },
  { name: 'PanguBot', operator: 'Huawei', purpose: 'training' },
  { name: 'PetalBot', operator: 'Huawei', purpose: 'search' },
  { name: 'ImagesiftBot', operator: 'The Hive', purpose: 'training' },
  { name: 'YouBot', operator: 'You.com', purpose: 'search' },
  { name: 'ExaBot', operator: 'Exa', purpose: 'search' },
  { name: 'DuckAssistBot', operator: 'DuckDuckGo', purpose: 'user' },
  { name: 'FirecrawlAgent', operator: 'Firecrawl', purpose: 'undocumented' },
  { name: 'Cotoyogi', operator: 'ROIS', purpose: 'training' },
];
