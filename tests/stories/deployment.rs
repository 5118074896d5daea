//! The files that operators copy from the repository.

use cellier_tests::repository_file;

#[test]
fn the_page_for_operators_shows_the_files_of_the_examples_as_they_are() {
    let page = repository_file("docs/operating.md");
    for (name, language) in [
        ("cellier.service", "ini"),
        ("Containerfile", "dockerfile"),
        ("nginx.conf", "nginx"),
    ] {
        let file = repository_file(&format!("examples/operating/{name}"));
        let shown = format!("```{language}\n{file}```\n");
        assert!(page.contains(&shown), "{name} reads differently there");
        let link = format!("(../examples/operating/{name})");
        assert!(page.contains(&link), "{name} is not linked");
    }
}

#[test]
fn the_image_is_built_from_every_folder_of_the_workspace() {
    let workspace: toml::Table = repository_file("Cargo.toml").parse().unwrap();
    let file = repository_file("examples/operating/Containerfile");
    let members = workspace["workspace"]["members"].as_array().unwrap();
    for member in members {
        let folder = member.as_str().unwrap().split('/').next().unwrap();
        let copy = format!("COPY {folder} {folder}\n");
        assert!(file.contains(&copy), "{copy:?} is missing");
    }
}
