// Words of the SQL of MySQL, PostgreSQL, SQLite, SQL Server and Oracle by what they do in a statement. A token's kind is
// one character, so that a text's tokens read as a short fingerprint.

/** Kinds of tokens and the words that make them, in lower case. */
export const SQL_WORDS: readonly (readonly [kind: string, words: string])[] = [
  ['U', 'union intersect except minus'],
  ['E', 'select'],
  ['F', 'from'],
  ['W', 'where having'],
  ['&', 'and or xor'],
  ['!', 'not distinct all binary any some exists'],
  [
    '=',
    'like rlike regexp ilike glob similar sounds is in between isnull notnull regexp_like escape overlaps',
  ],
  ['o', 'div mod collate as'],
  ['0', 'null true false unknown'],
  ['B', 'order group'],
  ['b', 'by'],
  ['L', 'limit offset top'],
  ['I', 'into'],
  ['O', 'outfile dumpfile infile'],
  ['C', 'case'],
  ['w', 'when'],
  ['h', 'then else'],
  ['e', 'end'],
  [
    'T',
    'insert update delete drop alter create truncate exec execute declare shutdown grant revoke merge replace rename attach waitfor backup restore call prepare handler load copy reconfigure pragma set begin kill desc describe show use commit rollback do reset vacuum lock checkpoint deallocate print go if',
  ],
  [
    'K',
    'table tables column columns database databases schema view procedure function trigger user index login role data delay time cast temporary temp unique analyse values join inner outer left right cross natural using asc',
  ],
  [
    'S',
    'sleep benchmark user_lock pg_sleep load_file extractvalue updatexml xp_cmdshell xp_dirtree xp_regread xp_fileexist xp_subdirs sp_executesql sp_oacreate sp_password sp_configure sp_makewebtask randomblob load_extension lo_import lo_export pg_read_file pg_ls_dir pg_sleep_for query_to_xml database_to_xml dblink_connect dblink_exec utl_inaddr utl_http utl_file dbms_pipe dbms_lock dbms_ldap dbms_xmlgen dbms_java ctxsys httpuritype xmltype openrowset opendatasource openquery gtid_subset gtid_subtract get_host_address get_host_name get_lock release_lock writefile fts3_tokenizer sys_eval sys_exec name_const',
  ],
  [
    'D',
    'information_schema sysobjects syscolumns sysdatabases systables sysusers syslogins all_tables user_tables all_tab_columns user_tab_columns all_users dba_users all_objects sqlite_master sqlite_schema sqlite_temp_master pg_catalog pg_database pg_user pg_shadow pg_class pg_tables pg_authid msysaccessobjects msysobjects innodb_table_stats innodb_index_stats rdb$database rdb$relations systypes sysprocesses',
  ],
  [
    'f',
    'concat group_concat concat_ws char chr nchar ascii ord substr substring substring_index mid lpad rpad instr locate position quotename string_agg listagg elt make_set char_length length len octet_length bit_length hex unhex to_char to_number convert count sum min max avg floor ceil ceiling round rand random exp pow power abs sqrt crc32 bit_count md5 sha1 sha2 aes_encrypt aes_decrypt des_encrypt password encode encrypt compress uuid version database schema_info current_user session_user system_user user_name suser_name db_name host_name is_srvrolemember current_database current_schema current_setting row_count found_rows last_insert_id connection_id iif ifnull nullif coalesce decode greatest least strcmp find_in_set field interval instr soundex space repeat reverse trim ltrim rtrim lower upper lcase ucase quote insert replace strpos split_part regexp_substr regexp_replace regexp_count regexp_instr json_extract json_keys json_object json_array jsonb_build_object row_to_json to_json json_agg xmlelement xmlagg xmlparse generate_series array_to_string array_agg now sysdate curdate curtime unix_timestamp from_unixtime date_add date_sub typeof hextoraw rawtohex unistr nvl nvl2 polygon multipoint geometrycollection linestring multilinestring multipolygon st_latfromgeohash st_longfromgeohash st_pointfromgeohash point conv bin oct format export_set sqlite_version zeroblob unicode printf total likelihood changes stuff patindex charindex replicate str object_id object_name col_name serverproperty error_message cot tan sin cos ln log pi sign values row_number rank over isnumeric try_cast try_convert',
  ],
  [
    't',
    'int integer varchar nvarchar varchar2 numeric decimal bigint signed unsigned text xml float double bytea regclass',
  ],
];
