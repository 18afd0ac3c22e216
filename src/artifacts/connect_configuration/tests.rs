//! Files of Entra Connect, one quirk in each; then the real ones.

use super::*;

fn read_text(text: &str) -> (ConnectConfiguration, Vec<Gap>) {
    let (read, gaps) = read(&"a".into(), text.as_bytes());
    (read.unwrap(), gaps)
}

/// What a file without gaps says.
fn clean(text: &str) -> ConnectConfiguration {
    let (read, gaps) = read_text(text);
    assert_eq!(gaps, []);
    read
}

fn row(section: &[&str], name: &str) -> Place {
    Place::Row { section: section.iter().map(|name| (*name).to_owned()).collect(), name: name.to_owned() }
}

fn said<T: Clone>(located: &Option<Located<T>>) -> Option<T> {
    located.as_ref().map(|located| located.value.clone())
}

fn text(located: &Option<Located<String>>) -> &str {
    located.as_ref().map_or("", |located| &located.value)
}

const PRIVATE: &str = "<adma-configuration><forest-name>contoso.example</forest-name>\
    <forest-login-domain>CONTOSO</forest-login-domain><forest-login-user>MSOL_0123456789ab</forest-login-user>\
    <sign-and-seal>1</sign-and-seal></adma-configuration>";

fn ad(partitions: &str) -> String {
    format!(
        "<ma-data><name>contoso.example</name><category>AD</category>\
         <private-configuration>{PRIVATE}</private-configuration>\
         <ma-partition-data>{partitions}</ma-partition-data></ma-data>"
    )
}

#[test]
fn a_connector_names_its_account_with_the_path_of_the_element() {
    let read = clean(&ad(""));
    assert_eq!(read.file, ConfigurationFile::AdConnector);
    let [connector] = &read.connectors[..] else { panic!("{read:?}") };
    let section = ["ma-data", "private-configuration", "adma-configuration"];
    let user = Located::new("MSOL_0123456789ab".to_owned(), row(&section, "forest-login-user"));
    assert_eq!(connector.login_user, Some(user));
    assert_eq!(text(&connector.login_domain), "CONTOSO");
    assert_eq!(text(&connector.forest), "contoso.example");
    assert_eq!(said(&connector.sign_and_seal), Some(true));
}

#[test]
fn a_partition_names_its_controllers_in_order() {
    let read = clean(&ad(
        "<partition><name>DC=contoso,DC=example</name><selected>1</selected><custom-data><adma-partition-data>\
         <dn>DC=contoso,DC=example</dn><last-dc>DC01.contoso.example</last-dc><dc-failover>0</dc-failover>\
         <sign-and-seal>0</sign-and-seal><login-user>svc</login-user><login-domain>CHILD</login-domain>\
         <preferred-dcs><preferred-dc>DC02.contoso.example</preferred-dc><preferred-dc>DC01</preferred-dc></preferred-dcs>\
         </adma-partition-data></custom-data></partition>\
         <partition><name>DC=child</name><selected>0</selected><custom-data/></partition>",
    ));
    let [first, second] = &read.connectors[0].partitions[..] else { panic!("{read:?}") };
    assert_eq!(text(&first.last_dc), "DC01.contoso.example");
    let preferred: Vec<&str> = first.preferred_dcs.iter().map(|dc| dc.value.as_str()).collect();
    assert_eq!(preferred, ["DC02.contoso.example", "DC01"]);
    assert_eq!((said(&first.selected), said(&first.dc_failover)), (Some(true), Some(false)));
    assert_eq!(said(&first.sign_and_seal), Some(false));
    assert_eq!((text(&first.login_domain), text(&first.login_user)), ("CHILD", "svc"));
    assert_eq!((text(&second.dn), said(&second.selected)), ("DC=child", Some(false)));
    assert_eq!(second.last_dc, None);
}

#[test]
fn run_profiles_and_schema_have_elements_of_the_same_names() {
    let read = clean(
        "<ma-data><schema><dsml><class><name>user</name></class></dsml></schema><name>contoso.example</name>\
         <category>AD</category><ma-run-data><run-configuration><name>Full</name><configuration><step>\
         <partition>DC=contoso</partition><custom-data><adma-step-data><dn>x</dn></adma-step-data></custom-data>\
         </step></configuration></run-configuration></ma-run-data></ma-data>",
    );
    assert_eq!(text(&read.connectors[0].name), "contoso.example");
    assert_eq!(read.connectors[0].partitions, []);
}

#[test]
fn a_saved_connector_names_the_server_in_its_root() {
    let text_of_file = format!(
        "<saved-ma-configuration server='SYNC01' export-date=\"2024-05-01 10:11:12.131\">{}\
         </saved-ma-configuration>",
        ad("")
    );
    let read = clean(&text_of_file);
    assert_eq!(
        read.server,
        Some(Located::new("SYNC01".to_owned(), row(&["saved-ma-configuration"], "@server")))
    );
    assert_eq!(text(&read.export_date), "2024-05-01 10:11:12.131");
    assert_eq!(text(&read.connectors[0].login_user), "MSOL_0123456789ab");
}

#[test]
fn a_private_configuration_alone_is_a_connector_without_a_name() {
    let read = clean(PRIVATE);
    assert_eq!(read.file, ConfigurationFile::AdConnector);
    assert_eq!(read.connectors[0].name, None);
    let user =
        Located::new("MSOL_0123456789ab".to_owned(), row(&["adma-configuration"], "forest-login-user"));
    assert_eq!(read.connectors[0].login_user, Some(user));
}

#[test]
fn a_parameter_counts_where_the_element_is_empty() {
    let read = clean(
        "<adma-configuration><forest-login-user/><parameter-values>\
         <parameter name=\"forest-login-user\">svc-sync</parameter>\
         <parameter name='Forest.Netbios'>CONTOSO</parameter></parameter-values></adma-configuration>",
    );
    let section = ["adma-configuration", "parameter-values"];
    let user = Located::new("svc-sync".to_owned(), row(&section, "parameter forest-login-user"));
    assert_eq!(read.connectors[0].login_user, Some(user));
    assert_eq!(text(&read.connectors[0].netbios), "CONTOSO");
}

#[test]
fn two_accounts_in_one_connector_are_none() {
    let (read, gaps) = read_text(
        "<adma-configuration><forest-login-user>one</forest-login-user><parameter-values>\
         <parameter name=\"forest-login-user\">two</parameter>\
         <parameter name=\"forest-login-user\">one</parameter></parameter-values></adma-configuration>",
    );
    assert_eq!(read.connectors[0].login_user, None);
    assert_eq!(gaps.len(), 1);
    assert!(gaps[0].said().contains("both one (at adma-configuration > forest-login-user) and two here"));
}

#[test]
fn passwords_are_not_kept() {
    let read = clean(
        "<ma-data><category>AD</category><private-configuration><adma-configuration><parameter-values>\
         <parameter name=\"password\" type=\"encrypted-string\">S3cret</parameter></parameter-values>\
         <password>S3cret</password></adma-configuration></private-configuration><encrypted-attributes>S3cret\
         </encrypted-attributes></ma-data>",
    );
    assert!(!format!("{read:?}").contains("S3cret"));
}

const ENTRA: &str = "<ma-data><category>Extensible2</category>\
    <subtype>Windows Azure Active Directory (Microsoft)</subtype><private-configuration><MAConfig><parameter-values>\
    <parameter name=\"UserName\">Sync_SYNC01_0123@contoso.example</parameter></parameter-values>\
    <aad-password-reset-config><enabled>1</enabled></aad-password-reset-config></MAConfig></private-configuration>\
    </ma-data>";

#[test]
fn the_entra_connector_tells_of_writeback() {
    let read = clean(ENTRA);
    assert_eq!(read.file, ConfigurationFile::EntraConnector);
    let section = ["ma-data", "private-configuration", "MAConfig", "aad-password-reset-config"];
    assert_eq!(read.writeback_enabled, Some(Located::new(true, row(&section, "enabled"))));
    assert_eq!(text(&read.entra_account), "Sync_SYNC01_0123@contoso.example");
    assert_eq!(read.connectors, []);
}

#[test]
fn another_extensible_connector_is_not_that_of_entra() {
    let read = clean(&ENTRA.replace("Windows Azure Active Directory (Microsoft)", "Generic SQL (Microsoft)"));
    assert_eq!(read.file, ConfigurationFile::OtherConnector);
    assert_eq!((read.entra_account, read.writeback_enabled), (None, None));
}

#[test]
fn the_metaverse_has_the_global_settings() {
    let read = clean(
        "<saved-mv-configuration server='SYNC01' export-date='2024-05-01 10:11:12.131'><!--WARNING> -- --><mv-data>\
         <parameter-values><parameter name=\"Microsoft.Synchronize.StagingMode\">True</parameter>\
         <parameter name=\"Microsoft.OptionalFeature.PasswordWriteback\">false</parameter>\
         <parameter name=\"Microsoft.Synchronize.ServerConfigurationVersion\">2.3.20.0</parameter>\
         <parameter name=\"Other\">x</parameter></parameter-values></mv-data></saved-mv-configuration>",
    );
    assert_eq!(read.file, ConfigurationFile::Metaverse);
    assert_eq!((said(&read.staging_mode), said(&read.password_writeback)), (Some(true), Some(false)));
    let section = ["saved-mv-configuration", "mv-data", "parameter-values"];
    let place = row(&section, "parameter Microsoft.Synchronize.ServerConfigurationVersion");
    assert_eq!(read.version, Some(Located::new("2.3.20.0".to_owned(), place)));
}

#[test]
fn a_switch_that_is_neither_is_a_gap() {
    let (read, gaps) = read_text(
        "<saved-mv-configuration><parameter name=\"Microsoft.Synchronize.StagingMode\">maybe</parameter>\
         </saved-mv-configuration>",
    );
    assert_eq!((read.staging_mode, gaps.len()), (None, 1));
}

#[test]
fn prefixes_references_and_character_data_are_read() {
    let read = clean(
        "<?xml version=\"1.0\"?><!-- <ma-data> --><x:adma-configuration xmlns:x='u'><x:forest-login-user>a&amp;b&#x43;\
         <![CDATA[<d>]]></x:forest-login-user></x:adma-configuration>",
    );
    assert_eq!(text(&read.connectors[0].login_user), "a&bC<d>");
}

#[test]
fn a_reference_that_nobody_knows_leaves_its_value_out() {
    let (read, gaps) =
        read_text("<adma-configuration><forest-login-user>a&who;</forest-login-user></adma-configuration>");
    assert_eq!(read.connectors[0].login_user, None);
    assert_eq!(gaps.len(), 1);
    assert_eq!(gaps[0].place, row(&["adma-configuration"], "forest-login-user"));
}

#[test]
fn a_file_that_was_cut_keeps_what_came_before() {
    let whole =
        ad("<partition><custom-data><adma-partition-data><last-dc>DC01</last-dc></adma-partition-data>");
    let (cut, _) = whole.split_once("</adma-partition-data>").unwrap();
    let (read, gaps) = read_text(cut);
    assert_eq!(text(&read.connectors[0].login_user), "MSOL_0123456789ab");
    assert_eq!(text(&read.connectors[0].partitions[0].last_dc), "DC01");
    assert_eq!(gaps.len(), 1);
    assert!(gaps[0].said().starts_with("The file is no XML from here on"), "{gaps:?}");
}

#[test]
fn depth_has_an_end() {
    let (_, gaps) = read_text(&format!("<ma-data>{}", "<a>".repeat(100_000)));
    assert_eq!(gaps.len(), 1);
    assert!(gaps[0].said().contains("deeper"));
}

#[test]
fn a_trace_tells_version_start_and_accounts() {
    let read = clean(
        "[12:09:02.743] [  1] [INFO ] Start Time (Local): Thu, 16 Nov 2023 12:09:02 GMT\r\n\
         [12:09:02.743] [  1] [INFO ] Start Time (UTC): Thu, 16 Nov 2023 17:09:02 GMT\r\n\
         [12:09:02.758] [  1] [INFO ] Application Version: 2.2.8.0\r\n\
         [12:10:00.000] [ 18] [ERROR] Query failed. Parameter values passed to PowerShell:\r\n\
         AdConnectorUserName : CONTOSO\\MSOL_0123456789ab\r\n\
         AdConnectorUserName : contoso\\msol_0123456789AB\r\n\
         AdConnectorUserName : \r\n",
    );
    assert_eq!(read.file, ConfigurationFile::WizardTrace);
    assert_eq!(read.version, Some(Located::new("2.2.8.0".to_owned(), Place::Line(3))));
    let start = Located::new("Thu, 16 Nov 2023 17:09:02 GMT".to_owned(), Place::Line(2));
    assert_eq!(read.export_date, Some(start));
    let account = Located::new(r"CONTOSO\MSOL_0123456789ab".to_owned(), Place::Line(5));
    assert_eq!(read.connector_accounts, [account]);
}

#[test]
fn other_files_are_not_taken() {
    for other in [
        "[12:09:02] [INFO] Application Version: 1",
        "[12:09:02.743] [main] [INFO ] x",
        "<html><ma-data/></html>",
        "<!-- <ma-data> -->",
        "{\"policy\": 1}",
        "[]",
        "",
        "<ma-dat",
    ] {
        assert!(!looks_like_connect_configuration(other.as_bytes()), "{other}");
        let (read, gaps) = read(&"a".into(), other.as_bytes());
        assert_eq!((read, gaps.len()), (None, 1));
    }
}

#[test]
fn utf16_is_read() {
    let bytes: Vec<u8> = format!("\u{FEFF}{}", ad("")).encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(looks_like_connect_configuration(&bytes));
    let (read, gaps) = read(&"a".into(), &bytes);
    assert_eq!(gaps, []);
    assert_eq!(text(&read.unwrap().connectors[0].login_user), "MSOL_0123456789ab");
}

#[test]
fn a_migrated_policy_names_server_version_and_time() {
    let read = clean(
        "{\"policyMetadata\": {\"type\": \"migration\", \"author\": \"CONTOSO\\\\admin\",\n\
         \"timeCreated\": \"2024-05-01 10:11:12Z\", \"azureADConnectVersion\": \"1.5.45.0\"},\n\
         \"deploymentMetadata\": {\"hostName\": \"sync01.contoso.example\", \"databaseServer\": null}}",
    );
    assert_eq!(read.file, ConfigurationFile::AppliedPolicy);
    let server = Located::new("sync01.contoso.example".to_owned(), row(&["deploymentMetadata"], "hostName"));
    assert_eq!(read.server, Some(server));
    assert_eq!((text(&read.version), text(&read.export_date)), ("1.5.45.0", "2024-05-01 10:11:12Z"));
}

#[test]
fn an_applied_policy_names_forests_and_partitions() {
    let list = clean(
        "{\"azureDirectoryPolicy\": {}, \"onpremisesDirectoryPolicy\": [{\"friendlyName\": \"contoso.example\",\
         \"fullyQualifiedDomainName\": \"contoso.example\", \"partitionFilters\": [7, {\"distinguishedName\": \"DC=contoso\"}]}]}",
    );
    let [connector] = &list.connectors[..] else { panic!("{list:?}") };
    assert_eq!(text(&connector.forest), "contoso.example");
    let section = ["onpremisesDirectoryPolicy", "0", "partitionFilters", "1"];
    let dn = Located::new("DC=contoso".to_owned(), row(&section, "distinguishedName"));
    assert_eq!(connector.partitions[0].dn, Some(dn));
    let single = clean("{\"onpremisesDirectoryPolicy\": {\"friendlyName\": \"contoso.example\"}}");
    assert_eq!(text(&single.connectors[0].name), "contoso.example");
}

#[test]
fn a_policy_that_was_cut_is_a_gap_at_its_line() {
    let (read, gaps) = read(&"a".into(), b"{\"azureDirectoryPolicy\": {},\n\"onpremisesDirectoryPolicy\": [");
    assert_eq!(read, None);
    assert_eq!(gaps[0].place, Place::Line(2));
}

/// Mutants of good files: whatever the bytes, there is no panic, and the same bytes read alike.
#[test]
fn mutants_do_no_harm() {
    let seeds = [
        ad("<partition><selected>1</selected><custom-data><adma-partition-data><last-dc>DC01</last-dc>\
            </adma-partition-data></custom-data></partition>"),
        ENTRA.to_owned(),
        "[12:09:02.758] [  1] [INFO ] Application Version: 2.2.8.0\nAdConnectorUserName : A\\b\n".to_owned(),
        "{\"onpremisesDirectoryPolicy\": [{\"friendlyName\": \"contoso\", \"partitionFilters\": [{}]}]}"
            .to_owned(),
    ];
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    for round in 0..4000 {
        let mut bytes = seeds[round % seeds.len()].clone().into_bytes();
        for _ in 0..=random(4) {
            let at = random(bytes.len());
            match random(4) {
                0 => bytes[at] = random(256) as u8,
                1 => drop(bytes.remove(at)),
                2 => bytes.insert(at, b"<>&\"'[]{}/\\:\0\xFF\n"[random(15)]),
                _ => bytes.truncate(at.max(1)),
            }
        }
        let path = "a".into();
        assert_eq!(read(&path, &bytes), read(&path, &bytes));
    }
}

fn sample(name: &str) -> Option<(ConnectConfiguration, Vec<Gap>)> {
    let file = format!("{}/../shared/samples/{name}", env!("CARGO_MANIFEST_DIR"));
    let Ok(bytes) = std::fs::read(file) else {
        eprintln!("skipped: {name} is not here");
        return None;
    };
    assert!(looks_like_connect_configuration(&bytes[..bytes.len().min(64 << 10)]), "{name}");
    let (read, gaps) = read(&name.into(), &bytes);
    Some((read.unwrap(), gaps))
}

#[test]
fn real_ad_connectors() {
    for name in
        ["microsoft_AADConnectConfigDocumenter__Connector_ae4db4cc_AD.xml", "connector-ad.excerpt.xml"]
    {
        let Some((read, gaps)) = sample(&format!("entra-connect/{name}")) else { return };
        assert_eq!((read.file, gaps), (ConfigurationFile::AdConnector, vec![]), "{name}");
        let [connector] = &read.connectors[..] else { panic!("{name}") };
        assert_eq!(text(&connector.name), "contoso.com");
        assert_eq!(text(&connector.forest), "contoso.com");
        assert_eq!(text(&connector.netbios), "CONTOSO");
        assert_eq!(
            (text(&connector.login_domain), text(&connector.login_user)),
            ("contoso.com", "MSOL_d1edb676ca03")
        );
        assert_eq!(said(&connector.sign_and_seal), Some(true));
        let [partition] = &connector.partitions[..] else { panic!("{name}") };
        assert_eq!((text(&partition.dn), said(&partition.selected)), ("DC=contoso,DC=com", Some(true)));
        assert_eq!(text(&partition.last_dc), "CONTOSO-DC01.contoso.com");
        assert_eq!((said(&partition.dc_failover), said(&partition.sign_and_seal)), (Some(true), Some(true)));
        assert_eq!(partition.preferred_dcs, []);
        assert_eq!((&partition.login_user, &partition.login_domain), (&None, &None));
        assert_eq!((&read.server, &read.writeback_enabled, &read.entra_account), (&None, &None, &None));
        let file = format!("{}/../shared/samples/entra-connect/{name}", env!("CARGO_MANIFEST_DIR"));
        let written = std::fs::read_to_string(file).unwrap();
        let (cookie, _) = written.split_once("<cookie>").unwrap().1.split_once("</cookie>").unwrap();
        assert!(!format!("{read:?}").contains(cookie), "{name}");
    }
}

#[test]
fn real_entra_connectors() {
    for name in
        ["microsoft_AADConnectConfigDocumenter__Connector_b891884f_AAD.xml", "connector-aad.excerpt.xml"]
    {
        let Some((read, gaps)) = sample(&format!("entra-connect/{name}")) else { return };
        assert_eq!((read.file, gaps), (ConfigurationFile::EntraConnector, vec![]), "{name}");
        assert_eq!(text(&read.entra_account), "Sync_CONTOSO-SYNC01_e3c03195e061@contoso.onmicrosoft.com");
        assert_eq!(said(&read.writeback_enabled), Some(false));
        assert_eq!(read.connectors, []);
    }
}

#[test]
fn real_metaverses() {
    for name in ["microsoft_AADConnectConfigDocumenter__MV.xml", "mv-global-parameters.excerpt.xml"] {
        let Some((read, gaps)) = sample(&format!("entra-connect/{name}")) else { return };
        assert_eq!((read.file, gaps), (ConfigurationFile::Metaverse, vec![]), "{name}");
        assert_eq!(
            (text(&read.server), text(&read.export_date)),
            ("CONTOSO-SYNC01", "2016-05-03 14:28:09.784")
        );
        assert_eq!(text(&read.version), "1.1.130.0");
        assert_eq!((said(&read.staging_mode), said(&read.password_writeback)), (Some(false), Some(false)));
    }
}

#[test]
fn a_real_private_configuration() {
    let Some((read, gaps)) = sample("entra-connect/adma_private_configuration_megabank.xml") else { return };
    assert_eq!((read.file, gaps), (ConfigurationFile::AdConnector, vec![]));
    let connector = &read.connectors[0];
    assert_eq!(
        (text(&connector.login_domain), text(&connector.login_user)),
        ("MEGABANK.LOCAL", "administrator")
    );
    assert_eq!((text(&connector.forest), text(&connector.netbios)), ("MEGABANK.LOCAL", "MEGABANK"));
    assert_eq!(said(&connector.sign_and_seal), Some(true));
}

#[test]
fn real_traces() {
    let Some((read, gaps)) = sample("entra-connect/aadconnect_trace_2.2.8.0_excerpt.log") else { return };
    assert_eq!((read.file, gaps), (ConfigurationFile::WizardTrace, vec![]));
    assert_eq!(read.version, Some(Located::new("2.2.8.0".to_owned(), Place::Line(9))));
    let start = Located::new("Thu, 16 Nov 2023 17:09:02 GMT".to_owned(), Place::Line(8));
    assert_eq!((read.export_date, read.connector_accounts), (Some(start), vec![]));
    let Some((read, gaps)) = sample("messages/29-wizard-trace-log-line.txt") else { return };
    assert_eq!((read.file, gaps), (ConfigurationFile::WizardTrace, vec![]));
    let account = Located::new(r"<Domain>\MSOL_d95558f154ee".to_owned(), Place::Line(9));
    assert_eq!(read.connector_accounts, [account]);
}
