use grantc_spec::*;
fn main(){ let c=Catalogue::embedded(); for o in c.operations(){ println!("{} {} {}", danger::danger(c,o.plane,&o.name), o.plane, o.name);} }
