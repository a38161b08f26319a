type Command = readonly [program: string, args: readonly string[]];

export const noPhpSite: string | undefined;

export function phpSite(
  folder: string,
  site: {
    /** The folder with index.php. */
    readonly root: string;
    readonly port: number;
    /** How many processes of PHP there are. */
    readonly children?: number;
    /** Settings of php.ini. */
    readonly ini?: Readonly<Record<string, string>>;
    readonly fpmArgs?: readonly string[];
  },
): { readonly socket: string; readonly php: Command; readonly nginx: Command };
