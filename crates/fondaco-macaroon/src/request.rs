use std::net::IpAddr;

use fondaco_pydist::ProjectName;
use jiff::Timestamp;

use crate::{Caveat, InvalidCaveat};

/// What somebody wants to do with a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use<'a> {
    /// Upload, to a project that is not known yet: the form is still to come.
    Arriving,
    /// Upload to this project.
    Upload(&'a ProjectName),
    /// Everything else.
    Other,
}

/// A request with a token.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// What for.
    pub what: Use<'a>,
    /// From where.
    pub from: IpAddr,
    /// The time now.
    pub now: Timestamp,
}

/// Which caveat is not met.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// One that is not understood.
    #[error(transparent)]
    Unknown(#[from] InvalidCaveat),
    /// The project is none of those that it is for.
    #[error("the token is not for this project")]
    Project,
    /// It is over.
    #[error("the token has expired")]
    Expired,
    /// Its time has not come.
    #[error("the token is not valid yet")]
    NotYet,
    /// It only uploads.
    #[error("the token is for uploads only")]
    UploadsOnly,
    /// It may not be used from there.
    #[error("the token may not be used from this address")]
    Address,
}

impl Request<'_> {
    /// Whether every caveat is met, as far as that is decided by the request alone: that a token is used
    /// but once, and by which publisher, is for the index to say.
    ///
    /// # Errors
    /// The first that is not.
    pub fn meets(&self, caveats: &[Caveat]) -> Result<(), Refused> {
        caveats.iter().try_for_each(|caveat| self.meets_one(caveat))
    }

    fn meets_one(&self, caveat: &Caveat) -> Result<(), Refused> {
        let now = self.now.as_second();
        match caveat {
            Caveat::Projects(names) => match self.what {
                Use::Upload(project) if names.contains(project) => Ok(()),
                Use::Arriving => Ok(()),
                Use::Upload(_) | Use::Other => Err(Refused::Project),
            },
            Caveat::Expires(end) if now >= *end => Err(Refused::Expired),
            Caveat::NotBefore(begin) if now < *begin => Err(Refused::NotYet),
            Caveat::Expires(_) | Caveat::NotBefore(_) => Ok(()),
            Caveat::UploadsOnly | Caveat::Once(_) | Caveat::Publisher(_) => match self.what {
                Use::Other => Err(Refused::UploadsOnly),
                Use::Arriving | Use::Upload(_) => Ok(()),
            },
            // An address of IPv4 that arrives as one of IPv6 is the same.
            Caveat::Addresses(ranges) => {
                let from = self.from.to_canonical();
                if ranges.iter().any(|range| range.contains(&from)) { Ok(()) } else { Err(Refused::Address) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_caveat_narrows_and_all_must_be_met() {
        let (one, two): (ProjectName, ProjectName) = ("one".parse().unwrap(), "two".parse().unwrap());
        let meets = |what, from: &str, now, caveats: &[Caveat]| {
            let now = Timestamp::from_second(now).unwrap();
            Request { what, from: from.parse().unwrap(), now }.meets(caveats)
        };
        let upload = |caveats: &[Caveat]| meets(Use::Upload(&one), "10.1.2.3", 100, caveats);
        let projects = |name: &ProjectName| Caveat::Projects(vec![name.clone()]);
        assert_eq!(upload(&[projects(&one)]), Ok(()));
        assert_eq!(upload(&[projects(&two)]), Err(Refused::Project));
        assert_eq!(upload(&[projects(&one), projects(&two)]), Err(Refused::Project), "both count");
        assert_eq!(upload(&[Caveat::Projects(Vec::new())]), Err(Refused::Project));
        assert_eq!(meets(Use::Other, "10.1.2.3", 100, &[projects(&one)]), Err(Refused::Project));
        assert_eq!(meets(Use::Arriving, "10.1.2.3", 100, &[projects(&one)]), Ok(()));
        assert_eq!(upload(&[Caveat::Expires(101)]), Ok(()));
        assert_eq!(upload(&[Caveat::Expires(100)]), Err(Refused::Expired));
        assert_eq!(upload(&[Caveat::Expires(1000), Caveat::Expires(50)]), Err(Refused::Expired));
        assert_eq!(upload(&[Caveat::NotBefore(100)]), Ok(()));
        assert_eq!(upload(&[Caveat::NotBefore(101)]), Err(Refused::NotYet));
        assert_eq!(upload(&[Caveat::UploadsOnly]), Ok(()));
        assert_eq!(meets(Use::Other, "10.1.2.3", 100, &[Caveat::UploadsOnly]), Err(Refused::UploadsOnly));
        let ranges = Caveat::Addresses(vec!["10.0.0.0/8".parse().unwrap(), "2001:db8::/32".parse().unwrap()]);
        for (from, met) in [
            ("10.1.2.3", true),
            ("11.1.2.3", false),
            ("::ffff:10.1.2.3", true),
            ("::ffff:11.1.2.3", false),
            ("2001:db8::1", true),
            ("2001:db9::1", false),
        ] {
            let said = meets(Use::Upload(&one), from, 100, std::slice::from_ref(&ranges));
            assert_eq!(said, if met { Ok(()) } else { Err(Refused::Address) }, "{from}");
        }
    }
}
